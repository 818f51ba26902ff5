/** From the arguments of a method to a request, by the places of its call. */

import { MillraceError } from "../contract/errors.ts";
import type { ArgumentPlace } from "../contract/wire/v1-calls.ts";

export interface RequestParts {
  readonly verb: string;
  /** With its query. */
  readonly path: string;
  /** What is sent as JSON; undefined for nothing. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export function toRequest(
  call: { readonly verb: string; readonly path: string; readonly places: readonly ArgumentPlace[] },
  args: readonly unknown[],
): RequestParts {
  let { path } = call;
  const query = new URLSearchParams();
  let body: unknown;
  let headers: RequestParts["headers"];
  for (const [index, { in: where, name }] of call.places.entries()) {
    const value = args[index];
    if (name === null) body = value;
    else if (where === "header") headers = toRevision(name, value);
    else if (where === "path") path = path.replace(`:${name}`, toSegment(name, value));
    else if (where === "body") body = { ...(body as object | undefined), [name]: value };
    else if (value !== undefined) query.set(name, toText(name, value));
  }
  const whole = query.size === 0 ? path : `${path}?${query.toString()}`;
  return { verb: call.verb, path: whole, body, headers };
}

/** As an entity tag. */
function toRevision(name: string, value: unknown): RequestParts["headers"] {
  if (value === undefined) return undefined;
  return { [name]: `"${typeof value === "number" ? String(value) : toText(name, value)}"` };
}

/** URLs take these for something else, also when they are escaped. */
const unspeakable = new Set(["", ".", ".."]);

function toSegment(name: string, value: unknown): string {
  const text = toText(name, value);
  if (unspeakable.has(text)) throw new MillraceError("REQUEST_INVALID", { reason: `\`${text}\` is not a ${name}` });
  return encodeURIComponent(text);
}

/** Paths and queries hold texts only; the types say so, which a caller without them may not know. */
function toText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new MillraceError("REQUEST_INVALID", { reason: `${name} is not a text` });
}
