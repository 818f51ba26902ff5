/** `If-Match` on what changes something: the revision that it is changed of, as an entity tag. */

import type { IncomingHttpHeaders } from "node:http";
import { MillraceError } from "../../contract/errors.ts";
import type { ArgumentPlace } from "../../contract/wire/v1-calls.ts";

/**
 * The header's, or what the body says of it. Undefined where none is given, and for `*`: whatever it is.
 *
 * @throws REQUEST_INVALID for a header that is none, or another one than the body's
 */
export function readRevision({ "if-match": given }: IncomingHttpHeaders, inBody: unknown): unknown {
  if (given === undefined || given === "*") return inBody;
  const [, digits] = /^"(\d{1,15})"$/.exec(given) ?? [];
  if (digits === undefined) {
    throw new MillraceError("REQUEST_INVALID", { reason: 'If-Match takes a revision in quotes, such as "7"' });
  }
  if (inBody === undefined || inBody === Number(digits)) return Number(digits);
  throw new MillraceError("REQUEST_INVALID", { reason: "If-Match and `revision` in the body are not the same" });
}

/** Whether it is where the revision is, in the body or in the header itself. */
export function isRevision({ in: where, name }: ArgumentPlace): boolean {
  return where === "header" || (where === "body" && name === "revision");
}

/** Who asks for it must not believe that it was heeded. @throws REQUEST_INVALID */
export function refuseUnheeded(
  { verb, places }: { readonly verb: string; readonly places: readonly ArgumentPlace[] },
  headers: IncomingHttpHeaders,
): void {
  const isChange = verb === "PUT" || verb === "PATCH" || verb === "DELETE";
  if (!isChange || headers["if-match"] === undefined || headers["if-match"] === "*" || places.some(isRevision)) return;
  throw new MillraceError("REQUEST_INVALID", {
    reason: "If-Match is not heeded here: what it is about has no revision",
  });
}
