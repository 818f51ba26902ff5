/** What is done to every answer before it is sent: an ETag on what was read, and compression. */

import { hash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { chooseEncoding, compress } from "./compress.ts";

export function addAnswerHooks(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (typeof payload !== "string" || payload === "") return payload;
    reply.header("vary", "accept-encoding");
    if (request.method === "GET" && reply.statusCode === 200) {
      const tag = `"${hash("sha1", payload, "base64url")}"`;
      reply.header("etag", tag).header("cache-control", "private, no-cache");
      if (isKnown(request.headers["if-none-match"], tag)) {
        reply.code(304).removeHeader("content-type").removeHeader("content-length");
        return null;
      }
    }
    const encoding = chooseEncoding(request.headers["accept-encoding"], payload);
    if (encoding === null) return payload;
    reply.header("content-encoding", encoding).removeHeader("content-length");
    return await compress(payload, encoding);
  });
}

/** Weak and strong tags count as equal, as the standard has it for this header. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === tag);
}
