/**
 * Prefect's REST API under /api: each route of the table, served by its handler. A route without one says so (501). The
 * words of this API, and its errors, stay below this prefix.
 */

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodType } from "zod";
import type { RoutePolicy } from "../access/guard.ts";
import { checkAnswer } from "../http/check-answer.ts";
import { type ServerFailure, traceIdOfRequest } from "../http/server-failure.ts";
import { readJsonText } from "../http/read-body.ts";
import { checkClientVersion } from "./client-version.ts";
import { PrefectError, serverFailed, toPrefectError } from "./errors.ts";
import { otherSpelling, verbsOf } from "./find-path.ts";
import { createPrefectOpenApi } from "./openapi.ts";
import { prefectPolicies } from "./policies.ts";
import { readRequest } from "./read-request.ts";
import { prefectRouteNames, routeOf } from "./routes-table.ts";
import type { PrefectHandlers, PrefectRoute, PrefectRouteName } from "./routes-table-types.ts";
import { mountOf } from "../workspaces/mount.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The text of the body, where the route's handler needs it. */
    bodyText?: string;
  }
  interface FastifyContextConfig {
    keepsBodyText?: boolean;
  }
}

const prefix = "/api";
const json = "application/json; charset=utf-8";

export interface PrefectRoutesOptions {
  readonly handlers: Partial<PrefectHandlers>;
  /** The version of Prefect whose API this is. */
  readonly version: string;
  /** The largest body where a route does not say, in bytes. Default 4 MiB: blocks and schemas of parameters are large. */
  readonly maxBodyBytes?: number;
  /** What a busy server asks of a client: how long to wait, in s. */
  readonly retryAfterS: number;
  /** Each answer is held against the schema of its route; one that does not hold is a failure. Default false. */
  readonly checksAnswers?: boolean;
  /** Told of errors that are none of the catalogue, and none that a handler meant. */
  readonly onFailure: (failure: ServerFailure) => void;
}

/** A handler and what it answers as what all of them have in common. */
type AnyHandler = (request: unknown) => Promise<AnyAnswer>;

interface AnyAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function addPrefectRoutes(app: FastifyInstance, options: PrefectRoutesOptions): void {
  const { version, maxBodyBytes = 4 * 2 ** 20 } = options;
  app.register(
    async (scope) => {
      addErrorAnswers(scope, options);
      addBodyReader(scope, maxBodyBytes);
      for (const name of prefectRouteNames) addRoute(scope, name, options);
      let openApi: string | null = null;
      const policy = { role: "viewer", does: "read" } as const;
      scope.get("/openapi.json", { config: { policy, action: "openApi" } }, (_, reply) => {
        openApi ??= JSON.stringify(createPrefectOpenApi({ version }));
        return reply.type(json).send(openApi);
      });
    },
    { prefix },
  );
}

function addRoute(scope: FastifyInstance, name: PrefectRouteName, options: PrefectRoutesOptions): void {
  const { handlers, checksAnswers = false } = options;
  const route = routeOf(name);
  const handle = handlers[name] as AnyHandler | undefined;
  const { maxBodyBytes, isProbe = false, keepsBodyText = false } = route;
  scope.route({
    method: route.verb,
    url: route.path,
    exposeHeadRoute: false,
    config: {
      policy: policyOf(name),
      action: name,
      keepsBodyText,
      ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
      ...(isProbe ? { isExempt: true } : {}),
    },
    handler: async (request, reply) => {
      if (!isProbe) checkClientVersion(request.headers["x-prefect-api-version"]);
      if (handle === undefined) throw notServed(name, route);
      const { params, query, body } = readRequest(route, request);
      const baseUrl = `${request.protocol}://${request.host}${mountOf(request.raw)}${prefix}`;
      const { headers, bodyText = "", identity } = request;
      const answer = await handle({ params, query, body, headers, baseUrl, bodyText, identity });
      const schema = checksAnswers ? schemaOf(route, answer) : null;
      if (schema !== null) checkAnswer(schema, { route: name, answer: answer.body });
      return send(reply, route, answer);
    },
  });
}

function policyOf(name: PrefectRouteName): RoutePolicy {
  const policy = prefectPolicies[name];
  return typeof policy === "function" ? ({ query, body }) => policy({ query, body }) : policy;
}

function notServed(name: PrefectRouteName, { refused }: PrefectRoute): PrefectError {
  const reason = refused ?? "Millrace does not have it yet";
  return new PrefectError({ status: 501, detail: `${name} is not served here: ${reason}.` });
}

/** Null where the answer is no JSON, or has no body. */
function schemaOf({ answers, contentType }: PrefectRoute, { status, body }: AnyAnswer): ZodType | null {
  if (body === undefined || contentType !== undefined) return null;
  return (answers as Readonly<Record<number, ZodType | null | undefined>>)[status] ?? null;
}

function send(reply: FastifyReply, route: PrefectRoute, { status, body, headers = {} }: AnyAnswer): FastifyReply {
  reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  if (route.contentType === undefined) return reply.type(json).send(JSON.stringify(body));
  reply.type(`${route.contentType}; charset=utf-8`);
  return reply.send(typeof body === "string" ? body : Readable.from(body as AsyncIterable<string>));
}

function addBodyReader(scope: FastifyInstance, maxBodyBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", async (request: FastifyRequest, payload: Readable) => {
    if (request.headers["content-length"] === "0") return undefined;
    const { config } = request.routeOptions;
    const { body, text } = await readJsonText(payload, {
      encoding: request.headers["content-encoding"],
      maxBytes: config.maxBodyBytes ?? maxBodyBytes,
    });
    if (config.keepsBodyText === true) request.bodyText = text;
    return body;
  });
}

function addErrorAnswers(scope: FastifyInstance, { retryAfterS, onFailure }: PrefectRoutesOptions): void {
  scope.setErrorHandler((error: unknown, request, reply) => {
    const known = toPrefectError(error, { retryAfterS });
    if (known === null) onFailure({ requestId: request.id, traceId: traceIdOfRequest(request), error });
    return sendError(reply, known ?? serverFailed);
  });

  scope.setNotFoundHandler((request, reply) => {
    const [path = "", query] = request.url.slice(prefix.length).split(/\?(.*)/s);
    const verbs = verbsOf(path);
    if (verbs.length > 0) {
      const headers = { allow: verbs.join(", ") };
      return sendError(reply, new PrefectError({ status: 405, detail: "Method Not Allowed", headers }));
    }
    const other = otherSpelling(path);
    if (verbsOf(other).length === 0) return sendError(reply, new PrefectError({ status: 404, detail: "Not Found" }));
    const search = query === undefined ? "" : `?${query}`;
    return reply.redirect(`${request.protocol}://${request.host}${prefix}${other}${search}`, 307);
  });
}

function sendError(reply: FastifyReply, { status, body, headers }: PrefectError): FastifyReply {
  // What is left of the body is not read, so the connection is of no more use.
  if (status === 413) reply.header("connection", "close");
  return reply.code(status).headers(headers).type(json).send(JSON.stringify(body));
}
