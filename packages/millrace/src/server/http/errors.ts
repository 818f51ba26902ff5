/** Errors as answers: `{ error: { code, message, fix, retryable, data, requestId } }` with the catalogue's status. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Dashboard } from "../dashboard/create-dashboard.ts";
import { type ServerFailure, traceIdOfRequest } from "./server-failure.ts";
import { toErrorBody } from "../../contract/wire/error-body.ts";

export function addErrorAnswers(
  app: FastifyInstance,
  {
    retryAfterS,
    onFailure,
    dashboard,
  }: {
    readonly retryAfterS: number;
    /** Told of what is not of the catalogue: a defect. */
    readonly onFailure: (failure: ServerFailure) => void;
    /** Asked before something is not found. */
    readonly dashboard?: Dashboard;
  },
): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    if (isMillraceError(error)) return answer(request, reply, error, error.status);
    const asked = toRequestError(error);
    if (asked !== null) return answer(request, reply, asked.error, asked.status);
    onFailure({ requestId: request.id, traceId: traceIdOfRequest(request), error });
    const reason = error instanceof Error ? error.message : String(error);
    return answer(request, reply, new MillraceError("SERVER_FAILED", { reason }), 500);
  });

  app.setNotFoundHandler((request, reply) => {
    const page = dashboard?.answer(request, reply) ?? null;
    if (page !== null) return page;
    const error = new MillraceError("ROUTE_NOT_FOUND", { verb: request.method, path: request.url });
    return answer(request, reply, error, error.status);
  });

  function answer(request: FastifyRequest, reply: FastifyReply, error: MillraceError, status: number): FastifyReply {
    if (status === 503 || status === 429) reply.header("retry-after", String(retryAfterS));
    // What is left of the body is not read, so the connection is of no more use.
    if (status === 413) reply.header("connection", "close");
    return reply
      .code(status)
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(toErrorBody(error, request.id)));
  }
}

/** An error of the HTTP library that comes before any route: a path that is no path. */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const invalid = new MillraceError("REQUEST_INVALID", { reason: error.message });
  void reply
    .code(error.statusCode ?? 400)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(toErrorBody(invalid, request.id)));
}

/** What the HTTP library itself finds wrong with a request keeps its status. */
function toRequestError(error: unknown): { readonly error: MillraceError; readonly status: number } | null {
  const { statusCode, code, message } = error as Partial<FastifyError>;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode >= 500 || code === undefined) return null;
  return { error: new MillraceError("REQUEST_INVALID", { reason: message ?? code }), status: statusCode };
}
