/** Errors for people (`error[CODE]: what` and `fix: …`), for machines, and as exit codes. */

import { isMillraceError } from "../contract/errors.ts";
import { previewValue } from "../kit/preview.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { type ExitCode, exitCodes } from "./command.ts";
import { cutText } from "./output/cut-text.ts";
import { cleanOutput } from "./output/clean-text.ts";
import type { Look } from "./output/look.ts";
import { hideEngineFrames } from "./output/stack-frame.ts";

/** Of a message so many characters are shown; `--json` has all of it. */
const maxMessageLength = 2000;

/** @param usage how the command is called; shown for what is wrong in its words */
export function errorText(error: unknown, { look, usage }: { readonly look: Look; readonly usage?: string }): string {
  const { paint } = look;
  const lines: string[] = [];
  const message = error instanceof Error ? cutText(error.message, maxMessageLength) : "";
  if (error instanceof UsageProblem) {
    lines.push(`${paint.red("error[USAGE]:")} ${message}`);
    if (error.advice !== null) lines.push(`${paint.bold("fix:")} ${error.advice}`);
    if (usage !== undefined) lines.push("", usage);
  } else if (isMillraceError(error)) {
    lines.push(`${paint.red(`error[${error.code}]:`)} ${message}`);
    if (error.fix !== "") lines.push(`${paint.bold("fix:")} ${error.fix}`);
    lines.push(...causeLines(error, look));
  } else if (error instanceof Error) {
    // Not of the catalogue: it may be a defect, and the stack says where.
    lines.push(`${paint.red("error:")} ${message}`);
    if (error.stack !== undefined) lines.push(paint.dim(hideEngineFrames(framesOf(error.stack, error.message))));
  } else {
    lines.push(`${paint.red("error:")} ${cutText(thrownText(error), maxMessageLength)}`);
  }
  return cleanOutput(lines.join("\n"), { hasColor: true });
}

/** What stands after the message. */
function framesOf(stack: string, message: string): string {
  const at = stack.indexOf(message);
  return at === -1 ? stack.split("\n").slice(1).join("\n") : stack.slice(at + message.length).replace(/^\n/, "");
}

/** A text as it is; any other value that was thrown in place of an error in one line. */
function thrownText(error: unknown): string {
  return typeof error === "string" ? error : previewValue(error, { maxChars: maxMessageLength });
}

/** The message of a cause whose words are not in the error's own. */
function causeLines(error: Error, { paint }: Look): readonly string[] {
  const { cause } = error;
  // What has a reason has told it.
  const isTold = "data" in error && "reason" in (error.data as object);
  if (!(cause instanceof Error) || isTold || error.message.includes(cause.message)) return [];
  return [paint.dim(`cause: ${cause.name}: ${cutText(cause.message, maxMessageLength)}`)];
}

export interface ErrorObject {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string | null };
}

export function errorObject(error: unknown): ErrorObject {
  if (error instanceof UsageProblem) return { error: { code: "USAGE", message: error.message, fix: error.advice } };
  if (isMillraceError(error)) return { error: { code: error.code, message: error.message, fix: error.fix } };
  return {
    error: { code: "UNEXPECTED", message: error instanceof Error ? error.message : thrownText(error), fix: null },
  };
}

/** 3 for what is not there, 2 for what was written wrongly, else 1. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageProblem) return exitCodes.usage;
  if (!isMillraceError(error)) return exitCodes.failed;
  if (error.code === "INTERRUPTED") return exitCodes.interrupted;
  if (error.status === 404) return exitCodes.notFound;
  return error.status === 422 ? exitCodes.usage : exitCodes.failed;
}
