/** The catalogue of errors, for docs/errors.md. */

import { exitCodeOf } from "../../packages/millrace/src/cli/error-text.ts";
import { type ErrorCode, errorCatalogue, MillraceError } from "../../packages/millrace/src/contract/errors.ts";
import { code, table } from "./markdown.ts";

export const errorCodes = Object.keys(errorCatalogue) as readonly ErrorCode[];

interface Entry {
  readonly what: string;
  readonly fix: string;
  readonly retryable: boolean;
  readonly status: number;
}

function entryOf(errorCode: ErrorCode): Entry {
  const { what, fix, status, ...rest } = errorCatalogue[errorCode];
  return { what, fix, status, retryable: "retryable" in rest && rest.retryable };
}

/** All codes with links to their sections, in the order of the catalogue. */
export function renderErrorIndex(): string {
  const rows = errorCodes.map((each) => {
    const { what } = entryOf(each);
    return [`[${each}](#${each.toLowerCase()})`, escapeBraces(what)];
  });
  return table(["Code", "What happened"], rows);
}

/** What the section of a code says by itself; why it happens is written by hand after it. */
export function renderError(name: string): string {
  if (!(name in errorCatalogue)) throw new Error(`There is no error ${name}: take its section out`);
  const errorCode = name as ErrorCode;
  const { what, fix, retryable, status } = entryOf(errorCode);
  const exitCode = exitCodeOf(new MillraceError(errorCode));
  return [
    `> ${escapeBraces(what)}`,
    `**What to do.** ${/^\{\w+\}$/.test(fix) ? "The error says it: it depends on the case." : escapeBraces(fix)}`,
    `Exit code ${exitCode}, HTTP status ${status}.${retryable ? " Worth trying again." : ""}`,
  ].join("\n\n");
}

/** `{name}` stands for a part of the error's data; code outside of code spans. */
function escapeBraces(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  return parts.map((part) => (part.startsWith("`") ? part : part.replaceAll(/\{\w+\}/g, code))).join("");
}
