/** The body of a request to a webhook, as its template sees it: JSON, the fields of a form, or a text. */

import { MillraceError } from "../../contract/errors.ts";
import { parseJson } from "../../kit/json.ts";

/** @throws REQUEST_INVALID for a body that says that it is JSON, and is not, or is nested too deep */
export function readHookBody(bytes: Uint8Array, contentType = ""): unknown {
  if (bytes.length === 0) return null;
  const text = Buffer.from(bytes).toString("utf8");
  const [type = ""] = contentType.toLowerCase().split(";");
  if (type.trim() === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  const saysJson = /^application\/(.+\+)?json$/.test(type.trim());
  try {
    return parseJson(text);
  } catch (cause) {
    if (!saysJson) return text;
    throw new MillraceError(
      "REQUEST_INVALID",
      { reason: `the body is no JSON: ${(cause as Error).message}` },
      { cause },
    );
  }
}
