import type { FastifyReply, FastifyRequest } from "fastify";

/** For this site's pages only, and hidden from their scripts. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, value, maxAgeS }: { readonly name: string; readonly value: string; readonly maxAgeS: number },
): void {
  const parts = [`${name}=${value}`, "Path=/", "HttpOnly", "SameSite=Lax", `Max-Age=${maxAgeS}`];
  reply.header("set-cookie", [...parts, ...(isSecure(request) ? ["Secure"] : [])].join("; "));
}

/** Whether the page came by TLS, as far as a proxy before the server says so. */
export function isSecure({ protocol, headers }: FastifyRequest): boolean {
  return protocol === "https" || headers["x-forwarded-proto"] === "https";
}
