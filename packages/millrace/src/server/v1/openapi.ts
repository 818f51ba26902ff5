/** The OpenAPI 3.1 document of /v1, made from the table that the server works by. */

import * as z from "zod";
import { type Components, type JsonSchema, toSchema } from "../http/openapi-schema.ts";
import { type ErrorCode, errorCatalogue } from "../../contract/errors.ts";
import { apiMethods, type ArgumentPlace } from "../../contract/wire/v1-calls.ts";
import {
  blocksAround,
  blockToCreate,
  blockTrial,
  blockValues,
  blockValuesChange,
  secretValue,
} from "../../contract/wire/schemas/sealed-values.ts";
import { apiKey, madeApiKey } from "../../contract/wire/schemas/access.ts";
import {
  ownKeyToMake,
  passwordChange,
  sessionDescription,
  signInRequest,
} from "../../contract/wire/schemas/session.ts";
import { readiness, serverSettings, serverStatus } from "../../contract/wire/schemas/server-description.ts";
import { type V1Route, v1Routes } from "../../contract/wire/v1-routes.ts";

const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      fix: z.string(),
      retryable: z.boolean(),
      data: z.record(z.string(), z.unknown()),
      requestId: z.string(),
    }),
  })
  .meta({ id: "Error" });

/** Errors that any route may answer with. */
const commonErrors: readonly ErrorCode[] = [
  "REQUEST_INVALID",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "CLIENT_BUSY",
  "SERVER_BUSY",
  "SERVER_FAILED",
];

export function createOpenApi({ version }: { readonly version: string }): JsonSchema {
  const components = new Map<string, unknown>();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const method of apiMethods) {
    const route = v1Routes[method] as unknown as V1Route & { readonly args: readonly z.ZodType[] };
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    paths[path][route.verb.toLowerCase()] = {
      operationId: method,
      summary: route.summary,
      ...describeRequest(route, components),
      responses: describeAnswers(route, components),
    };
  }
  toSchema(errorSchema, components);
  return {
    openapi: "3.1.0",
    info: { title: "Millrace", version, description: "The answer of a route is its method's value as JSON." },
    paths: { ...paths, ...serverPaths(components) },
    components: { schemas: Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))) },
  };
}

/** A revision, as `If-Match` has it. */
const entityTag: JsonSchema = {
  type: "string",
  pattern: '^("\\d+"|\\*)$',
  description: "The revision that is changed",
};

type Described = Pick<V1Route, "verb" | "described"> & {
  readonly places: readonly ArgumentPlace[];
  readonly args: readonly z.ZodType[];
};

function describeRequest({ places, args, described: more = {} }: Described, components: Components): JsonSchema {
  const described = places.map((place, index) => {
    const schema = args[index] ?? z.unknown();
    return {
      place,
      schema: place.in === "header" ? entityTag : toSchema(more[index] ?? schema, components),
      isRequired: !schema.safeParse(undefined).success,
    };
  });
  const parameters = described
    .filter(({ place }) => place.in !== "body")
    .map(({ place, schema, isRequired }) => ({ name: place.name, in: place.in, required: isRequired, schema }));
  const inBody = described.filter(({ place }) => place.in === "body");
  const [whole] = inBody.filter(({ place }) => place.name === null);
  const fields = {
    type: "object",
    properties: Object.fromEntries(inBody.map(({ place, schema }) => [place.name, schema])),
    required: inBody.filter(({ isRequired }) => isRequired).map(({ place }) => place.name),
  };
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(inBody.length === 0
      ? {}
      : {
          requestBody: { required: true, content: { "application/json": { schema: whole?.schema ?? fields } } },
        }),
  };
}

function describeAnswers(
  route: Pick<V1Route, "errors"> & { readonly answer: z.ZodType; readonly absent?: unknown },
  components: Components,
): JsonSchema {
  // What is null for the method is an error here.
  const { answer } = route;
  const present =
    route.absent !== undefined && answer instanceof z.ZodNullable ? (answer.unwrap() as z.ZodType) : answer;
  const good =
    present instanceof z.ZodVoid
      ? { 204: { description: "Done" } }
      : {
          200: {
            description: "The value",
            content: { "application/json": { schema: toSchema(present, components) } },
          },
        };
  return { ...good, ...describeErrors([...route.errors, ...commonErrors]) };
}

/** By status, as OpenAPI has them; the codes are named in the description. */
function describeErrors(codes: readonly ErrorCode[]): JsonSchema {
  const byStatus = Map.groupBy(codes, (code) => errorCatalogue[code].status);
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries([...byStatus].map(([status, each]) => [status, { description: each.join(", "), content }]));
}

function serverPaths(components: Components): Record<string, unknown> {
  const json = (description: string, schema: unknown = { type: "object" }) => ({
    responses: { 200: { description, content: { "application/json": { schema } } } },
  });
  return {
    "/v1/health": { get: { summary: "Whether the server is there", ...json("It is") } },
    "/v1/ready": { get: { summary: "Whether its database answers", ...json("It does") } },
    "/livez": { get: { summary: "Whether the process of the server answers", ...json("It does") } },
    "/readyz": {
      get: {
        summary: "Whether the server should be sent requests, and why not",
        responses: {
          200: { description: "It should", ...content(toSchema(readiness, components)) },
          503: { description: "It should not", ...content(toSchema(readiness, components)) },
        },
      },
    },
    "/metrics": {
      get: {
        summary:
          "Figures of the server for Prometheus, in its text format 0.0.4, or as OpenMetrics where that is accepted",
        responses: { 200: { description: "The figures", content: { "text/plain": {} } } },
      },
    },
    "/v1/version": { get: { summary: "What the server is", ...json("Name, version, lease") } },
    "/v1/settings": {
      get: {
        summary: "The settings of the server, and where each is from; what is secret is masked",
        ...json("The settings", toSchema(serverSettings, components)),
      },
    },
    "/v1/status": {
      get: {
        summary: "How the server does: its database, its loops, what waits for it",
        ...json("The status", toSchema(serverStatus, components)),
      },
    },
    ...sealingPaths(components),
    ...sessionPaths(components),
    "/v1/hooks/{slug}": {
      post: {
        summary: "Turn a request to a webhook into an event",
        parameters: [{ name: "slug", in: "path", required: true, schema: { type: "string" } }],
        requestBody: { content: { "*/*": {} } },
        responses: {
          202: {
            description: "The event is recorded",
            content: {
              "application/json": {
                schema: { type: "object", properties: { eventId: { type: "string" } }, required: ["eventId"] },
              },
            },
          },
          ...describeErrors(["NOT_FOUND", "WEBHOOK_SIGNATURE_INVALID", "EVENT_INVALID", "WEBHOOK_UNUSABLE"]),
        },
      },
    },
    "/v1/events/stream": {
      get: {
        summary: "Events as they come, as server-sent events; each has its sequence number as id",
        parameters: [
          { name: "after", in: "query", required: false, schema: { type: "integer" } },
          { name: "flowRunId", in: "query", required: false, schema: { type: "array", items: { type: "string" } } },
          { name: "name", in: "query", required: false, schema: { type: "array", items: { type: "string" } } },
          { name: "Last-Event-ID", in: "header", required: false, schema: { type: "integer" } },
        ],
        responses: { 200: { description: "The stream", content: { "text/event-stream": {} } } },
      },
    },
  };
}

const content = (schema: unknown) => ({ content: { "application/json": { schema } } });

/** Who comes in, and what everybody may do with an account of their own. */
function sessionPaths(components: Components): Record<string, unknown> {
  const body = (schema: z.ZodType) => ({ requestBody: { required: true, ...content(toSchema(schema, components)) } });
  const found = (description: string, schema: z.ZodType) => ({
    200: { description, ...content(toSchema(schema, components)) },
  });
  const done = { 204: { description: "Done" } };
  const redirect = {
    303: { description: "Where to; the first page with `?signIn=` and a code where it did not work" },
  };
  return {
    "/v1/session": {
      get: {
        summary: "Who the server takes the caller for, and whether it asks at all",
        responses: found("Who it is", sessionDescription),
      },
      post: {
        summary: "Open a session, which a browser keeps in a cookie",
        ...body(signInRequest),
        responses: {
          ...found("Who has come in", sessionDescription),
          ...describeErrors(["UNAUTHENTICATED", "ATTEMPTS_EXCEEDED", ...commonErrors]),
        },
      },
      delete: { summary: "Close the session", responses: done },
    },
    "/v1/session/oidc/start": {
      get: {
        summary: "Sends a browser to the identity provider, where the server has one",
        parameters: [{ name: "to", in: "query", schema: { type: "string" }, description: "The page to come back to" }],
        responses: redirect,
      },
    },
    "/v1/session/oidc/callback": {
      get: {
        summary: "Where the identity provider sends a browser back to, which opens a session",
        responses: redirect,
      },
    },
    "/v1/session/password": {
      put: {
        summary: "Change one's own password, which ends all other sessions",
        ...body(passwordChange),
        responses: { ...done, ...describeErrors(["OBJECT_INVALID", ...commonErrors]) },
      },
    },
    "/v1/session/api-keys": {
      get: { summary: "One's own API keys", responses: found("The keys, the newest first", z.array(apiKey)) },
      post: {
        summary: "Make an API key of one's own, whose text is told this once",
        ...body(ownKeyToMake),
        responses: { ...found("The key", madeApiKey), ...describeErrors(["OBJECT_INVALID", ...commonErrors]) },
      },
    },
    "/v1/session/api-keys/{id}": {
      delete: {
        summary: "Revoke an API key of one's own; false when there is none",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        responses: found("Whether there was one", z.boolean()),
      },
    },
  };
}

/** What is sealed by the server that it is sent to. */
function sealingPaths(components: Components): Record<string, unknown> {
  const body = (schema: z.ZodType) => ({ requestBody: { required: true, ...content(toSchema(schema, components)) } });
  const parameters = (name: string) => [{ name, in: "path", required: true, schema: { type: "string" } }];
  const done = { 204: { description: "Done" } };
  const id = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
  return {
    "/v1/secrets/{name}/value": {
      put: {
        operationId: "setSecret",
        summary: "Set a secret, which the server seals; it is shown to nobody",
        parameters: parameters("name"),
        ...body(secretValue),
        responses: { ...done, ...describeErrors(commonErrors) },
      },
    },
    "/v1/blocks": {
      post: {
        operationId: "createBlock",
        summary: "Save a block, whose values the server seals",
        ...body(blockToCreate),
        responses: {
          200: { description: "Its id", ...content(id) },
          ...describeErrors(["NOT_FOUND", "OBJECT_EXISTS", "OBJECT_INVALID", ...commonErrors]),
        },
      },
    },
    "/v1/blocks/{id}/around": {
      get: {
        operationId: "listBlocksAround",
        summary: "The blocks that a block is within, by the fields that hold it",
        parameters: parameters("id"),
        responses: {
          200: { description: "The blocks", ...content(toSchema(blocksAround, components)) },
          ...describeErrors(commonErrors),
        },
      },
    },
    "/v1/blocks/{id}/try": {
      post: {
        operationId: "tryBlock",
        summary: "Send a test by a block that the server itself sends something by",
        parameters: parameters("id"),
        responses: {
          200: { description: "What became of it", ...content(toSchema(blockTrial, components)) },
          ...describeErrors(["NOT_FOUND", "OBJECT_INVALID", "SECRET_UNREADABLE", ...commonErrors]),
        },
      },
    },
    "/v1/blocks/{id}/values": {
      get: {
        operationId: "readBlockValues",
        summary: "The values of a block, its secrets as asterisks",
        parameters: parameters("id"),
        responses: {
          200: { description: "The values", ...content(toSchema(blockValues, components)) },
          ...describeErrors(["NOT_FOUND", "SECRET_UNREADABLE", ...commonErrors]),
        },
      },
      put: {
        operationId: "changeBlockValues",
        summary: "Change the values of a block; asterisks that are sent back leave a secret what it is",
        parameters: parameters("id"),
        ...body(blockValuesChange),
        responses: {
          ...done,
          ...describeErrors(["NOT_FOUND", "REVISION_CONFLICT", "OBJECT_INVALID", "SECRET_UNREADABLE", ...commonErrors]),
        },
      },
    },
  };
}
