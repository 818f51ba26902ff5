/** Each request has an id, which its answer and the log repeat. A client may give one, so that its log names it too. */

import type { FastifyInstance } from "fastify";
import { uuidv7 } from "../../kit/ids.ts";

const header = "x-request-id";
const given = /^[\w.:-]{1,128}$/;

/** Two requests may be given the same name; each is still one request. */
export function newRequestId(): string {
  return uuidv7();
}

export function addRequestIds(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    const name = request.headers[header];
    reply.header(header, typeof name === "string" && given.test(name) ? name : request.id);
  });
}

/** What the answer says the request is called. */
export const requestIdHeader = header;
