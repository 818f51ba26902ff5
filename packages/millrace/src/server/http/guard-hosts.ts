/**
 * Who may be asked for, and from where. A page of a browser can send requests to this machine under a name of its own that
 * leads here; so only names that are known are answered for. Addresses cannot be taken over like that.
 */

import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { MillraceError } from "../../contract/errors.ts";

export function addHostGuard(app: FastifyInstance, allowed: readonly string[]): void {
  const refuse = createHostCheck(allowed);

  app.addHook("onRequest", async ({ raw }) => {
    const reason = refuse(raw);
    if (reason !== null) throw new MillraceError("REQUEST_REFUSED", { reason });
  });
}

/** Why a request is refused, whatever else it asks for; null when it is not. */
export type HostCheck = (request: Pick<IncomingMessage, "headers" | "rawHeaders" | "url">) => string | null;

export function createHostCheck(allowed: readonly string[]): HostCheck {
  const names = new Set(["localhost", hostname().toLowerCase(), ...allowed.map((name) => name.toLowerCase())]);

  return ({ headers: { host = "", origin }, rawHeaders, url = "/" }) => {
    if (countHosts(rawHeaders) > 1) return "it is for more than one host";
    // Of a proxy it may be asked by a whole address, whose host is the one that counts.
    const [, other] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
    if (other !== undefined && other.toLowerCase() !== host.toLowerCase()) return `it is for host \`${other}\``;
    const name = hostNameOf(host);
    if (name === null || !(isIP(name) !== 0 || names.has(name) || name.endsWith(".localhost"))) {
      return `it is for host \`${host}\``;
    }
    if (origin !== undefined && origin.replace(/^https?:\/\//, "").toLowerCase() !== host.toLowerCase()) {
      return `it comes from a page of ${origin}`;
    }
    return null;
  };
}

/** Of several Node gives the first, and what stands before the server may have looked at the last. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === "host") count++;
  return count;
}

/** Without the port, in lower case; null for what is no host. */
function hostNameOf(host: string): string | null {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/** Whether only this machine can reach an address that is listened on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
