import { type ErrorCode, errorCatalogue, MillraceError } from "../../../contract/errors.ts";
import { nearest } from "../../../kit/nearest.ts";
import { optional } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { exitCodeOf } from "../../error-text.ts";
import { renderTable } from "../../output/table.ts";
import { wrapText } from "../../output/wrap-text.ts";

export const errorsExplain = defineCommand({
  summary: "Explain an error by its code, or list all codes",
  details: ["With --json: `{ code, what, fix, retryable, status }`, or an array of them."],
  positionals: { code: optional("The code of an error, as it is printed in error[CODE]. Default: all.") },
  options: {},
  examples: [{ command: "errors explain RESUME_DRIFT", why: "what does it mean, and what to do?" }],
  async run({ args }, { out, json }) {
    if (args.code === undefined) {
      const entries = codes.map(describe);
      const columns = [
        { title: "CODE", cell: ({ code }: Entry) => code },
        { title: "WHAT", cell: ({ what }: Entry) => what, shrinksTo: 20 },
      ];
      if (json) out.json(entries);
      else out.lines(renderTable(entries, columns, { width: out.width, look: out.look }));
      return undefined;
    }
    const entry = describe(toCode(args.code));
    if (json) {
      out.json(entry);
      return undefined;
    }
    const { paint } = out.look;
    const width = Math.min(out.width, 100);
    out.lines([
      paint.bold(entry.code),
      "",
      ...wrapText(entry.what, width),
      "",
      ...wrapText(`fix: ${entry.fix}`, width),
      "",
      paint.dim(
        `${entry.retryable ? "Worth trying again." : "Trying again does not help by itself."} Exit code ${exitCodeOf(new MillraceError(entry.code))}.`,
      ),
    ]);
    return undefined;
  },
});

const codes = Object.keys(errorCatalogue) as readonly ErrorCode[];

interface Entry {
  readonly code: ErrorCode;
  readonly what: string;
  readonly fix: string;
  readonly retryable: boolean;
  readonly status: number;
}

function describe(code: ErrorCode): Entry {
  const { what, fix, status, ...rest } = errorCatalogue[code];
  return { code, what, fix, retryable: "retryable" in rest, status };
}

function toCode(written: string): ErrorCode {
  const wanted = written.toUpperCase().replaceAll("-", "_");
  const found = codes.find((code) => code === wanted);
  if (found !== undefined) return found;
  const meant = nearest(wanted, codes);
  const advice = meant === null ? "`millrace errors explain` lists them all." : `Did you mean ${meant}?`;
  throw new MillraceError("NOT_FOUND", { kind: "error code", name: written, advice });
}
