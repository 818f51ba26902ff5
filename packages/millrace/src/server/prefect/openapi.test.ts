import { expect, test } from "vitest";
import { createPrefectOpenApi } from "./openapi.ts";
import { prefectRouteNames } from "./routes-table.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

const document = createPrefectOpenApi({ version: "3.9.1" }) as unknown as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

test("every operation is told", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual([...prefectRouteNames].sort());
});

test("no reference leads nowhere, and no schema is named by a number", () => {
  const names = Object.keys(document.components.schemas);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = ""]) => to);
  expect(new Set(references)).toEqual(new Set(names.map((name) => `#/components/schemas/${name}`)));
  expect(names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
});

test("an operation tells what it takes and gives", () => {
  expect(document.paths["/flow_runs/{id}/set_state"]?.post).toMatchObject({
    tags: ["Flow Runs"],
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } }],
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: { properties: { state: { $ref: "#/components/schemas/StateCreate" } } } },
      },
    },
    responses: {
      201: { content: { "application/json": { schema: { $ref: "#/components/schemas/OrchestrationResult" } } } },
      422: { content: { "application/json": { schema: { $ref: "#/components/schemas/ValidationError" } } } },
    },
  });
  expect(document.paths["/flows/filter"]?.post?.requestBody).toMatchObject({ required: false });
  expect(document.paths["/flow_runs/{id}/graph-v2"]?.get?.parameters?.[1]).toMatchObject({
    name: "since",
    required: false,
  });
});

test("times are text with a format, whatever they are read to", () => {
  const { properties } = document.components.schemas.LogCreate as { properties: Record<string, unknown> };
  expect(properties.timestamp).toEqual({ anyOf: [{ type: "string", format: "date-time" }, { type: "number" }] });
});
