/** What is wrong with a file, and where. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isMillraceError } from "../../contract/errors.ts";
import { isOwnModule } from "./code-copy.ts";
import type { Problem } from "./messages.ts";

/** The place of a syntax error, which stands before the stack. */
const syntaxPlace = /^((?:file:|\/|[A-Za-z]:\\)[^\n]*?):(\d+)\n/;
const frame = /^\s*at .*?((?:file:\/\/|\/|[A-Za-z]:\\)[^\n()]*?):(\d+):(\d+)\)?$/gm;

export function toProblem(error: unknown, file: string): Problem {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const place = cause instanceof Error ? findPlace(cause.stack ?? "") : null;
  if (!isMillraceError(error)) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { file, place, code: null, message: `${name}: ${firstLine(message)}`, fix: null };
  }
  // What is wrong with an option says it in its own words, and better than the import that it has ended.
  const told = isMillraceError(cause) ? cause : error;
  const isImport = told.code === "MODULE_NOT_IMPORTABLE" && cause instanceof Error;
  const message = isImport ? `${cause.name}: ${firstLine(cause.message)}` : told.message;
  return { file, place, code: told.code, message, fix: told.fix === "" ? null : told.fix };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** `flows.ts:3` or `flows.ts:3:7`: the first place of the stack that is in a module of the user's. */
function findPlace(stack: string): string | null {
  const [, file = "", line = ""] = syntaxPlace.exec(stack) ?? [];
  const syntax = toOwn(file);
  if (syntax !== null) return `${syntax}:${line}`;
  for (const [, path = "", row, column] of stack.matchAll(frame)) {
    const own = toOwn(path);
    if (own !== null) return `${own}:${row}:${column}`;
  }
  return null;
}

/** Relative to the working directory where it lies below it. */
function toOwn(location: string): string | null {
  if (location === "") return null;
  const path = location.startsWith("file:") ? fileURLToPath(location) : location;
  if (!isOwnModule(path)) return null;
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}
