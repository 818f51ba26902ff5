/** The OpenAPI 3.1 document of /api, made from the table that the server works by. */

import * as z from "zod";
import { type Components, type JsonSchema, toSchema } from "../http/openapi-schema.ts";
import { prefectRouteNames, routeOf } from "./routes-table.ts";
import type { PrefectRoute } from "./routes-table-types.ts";

const detailError = z.object({ detail: z.string() }).meta({ id: "Error" });

const validationError = z
  .object({
    exception_message: z.string(),
    exception_detail: z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        input: z.unknown(),
      }),
    ),
    request_body: z.unknown(),
  })
  .meta({ id: "ValidationError" });

export function createPrefectOpenApi({ version }: { readonly version: string }): JsonSchema {
  const components: Components = new Map();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of prefectRouteNames) {
    const route = routeOf(name);
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    paths[path][route.verb.toLowerCase()] = {
      operationId: name,
      tags: [route.tag],
      summary: route.summary,
      ...describeRequest(route, components),
      responses: describeAnswers(route, components),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Millrace, spoken as Prefect", version, description: "Prefect's REST API, over Millrace's ledger." },
    servers: [{ url: "/api" }],
    paths,
    components: { schemas: Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))) },
  };
}

function describeRequest(route: PrefectRoute, components: Components): JsonSchema {
  const parameters = [
    ...describeFields("path", route.params, components),
    ...describeFields("query", route.query, components),
  ];
  const { body } = route;
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { "application/json": { schema: toSchema(body, components) } },
          },
        }),
  };
}

function describeFields(
  place: "path" | "query",
  schema: z.ZodObject | undefined,
  components: Components,
): JsonSchema[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === "path" || !z.safeParse(field, undefined).success,
    schema: toSchema(field as z.ZodType, components),
  }));
}

function describeAnswers(route: PrefectRoute, components: Components): JsonSchema {
  const good = Object.entries(route.answers).map(([status, schema]) => {
    if (schema === null) return [status, { description: "Done" }];
    const content = { [route.contentType ?? "application/json"]: { schema: toSchema(schema, components) } };
    return [status, { description: "The value", content }];
  });
  const invalid = { description: "The request is not valid", content: jsonOf(validationError, components) };
  const other = { description: "What went wrong", content: jsonOf(detailError, components) };
  return { 422: invalid, ...(Object.fromEntries(good) as JsonSchema), default: other };
}

function jsonOf(schema: z.ZodType, components: Components): JsonSchema {
  return { "application/json": { schema: toSchema(schema, components) } };
}
