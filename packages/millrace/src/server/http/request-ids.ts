/** Each request has an id, which its answer and the log repeat. A client may give one, so that its own log names it too. */

import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { uuidv7 } from "../../kit/ids.ts";

const header = "x-request-id";
const given = /^[\w.:-]{1,128}$/;

export function toRequestId(request: Pick<IncomingMessage, "headers">): string {
  const name = request.headers[header];
  return typeof name === "string" && given.test(name) ? name : uuidv7();
}

export function addRequestIds(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header(header, request.id);
  });
}
