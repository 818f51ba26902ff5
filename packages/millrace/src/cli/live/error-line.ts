import type { RecordedError } from "../../contract/errors.ts";
import { cleanLine } from "../output/clean-text.ts";
import { cutText } from "../output/cut-text.ts";
import { firstOwnFrame, frameLocation } from "../output/stack-frame.ts";

/** In characters; the end of the run shows more. */
const maxMessageLength = 300;

/** An error on one line: its kind, the first line of its message, and where in the user's code it came from. */
export function errorLine(error: RecordedError): string {
  const [line = ""] = error.message.split("\n");
  const message = cutText(line, maxMessageLength);
  const frame = error.stack === null ? null : firstOwnFrame(error.stack, { cwd: process.cwd() });
  return cleanLine(`${error.name}: ${message}${frame === null ? "" : ` (${frameLocation(frame)})`}`);
}
