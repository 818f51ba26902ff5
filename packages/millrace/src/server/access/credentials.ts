/** What a request comes with to say who sends it. */

import type { IncomingHttpHeaders } from "node:http";
import type { Credential } from "../../contract/access.ts";

export const sessionCookie = "millrace_session";

const keyStart = "mr_";

/** A key or a password in the header, as clients send it; else the cookie of a page. Null for neither. */
export function readCredential({ authorization, cookie }: IncomingHttpHeaders): Credential | null {
  if (authorization !== undefined) return fromHeader(authorization);
  const token = readSessionCookie(cookie);
  return token === null ? null : { kind: "session", token };
}

/** As Prefect's clients say it in the first frame of a socket: a key, or a name and a password. */
export function readToken(token: string): Credential | null {
  if (token.startsWith(keyStart)) return { kind: "key", text: token };
  const colon = token.indexOf(":");
  return colon === -1 ? { kind: "key", text: token } : fromPair(token.slice(0, colon), token.slice(colon + 1));
}

function fromHeader(header: string): Credential | null {
  const [, scheme = "", value = ""] = /^(\w+) +(\S+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return { kind: "key", text: value };
    case "basic":
      return readToken(Buffer.from(value, "base64").toString("utf8"));
    default:
      return null;
  }
}

/** A key is taken in a password's place, whatever the name is: some tools know nothing else. */
function fromPair(name: string, password: string): Credential {
  return password.startsWith(keyStart) ? { kind: "key", text: password } : { kind: "password", name, password };
}

/** Null where it is not there. */
export function readSessionCookie(cookies: string | undefined): string | null {
  return readCookie(cookies, { name: sessionCookie, form: /^[\w-]{20,100}$/ });
}

/** The first of this name that has the form; null where there is none. */
export function readCookie(
  cookies: string | undefined,
  wanted: { readonly name: string; readonly form: RegExp },
): string | null {
  for (const part of (cookies ?? "").split(";")) {
    const [name = "", value = ""] = part.trim().split(/=(.*)/s);
    if (name === wanted.name && wanted.form.test(value)) return value;
  }
  return null;
}
