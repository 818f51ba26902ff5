import { inspect } from "node:util";
import type { LogLine } from "../contract/records.ts";
import { truncateUtf8 } from "../kit/json.ts";
import type { LogSink } from "./context.ts";
import type { Journal } from "./journal.ts";
import type { EnginePorts } from "./ports.ts";

/** Bounds of a line, in bytes; secrets are masked before anything is cut. */
const maxMessageBytes = 65_536;
const maxFieldsBytes = 65_536;

/** Masks lines, cuts them, and hands them to the journal and to whoever watches. */
export function createLogSink(journal: Journal, { clock, masker, observer }: EnginePorts): LogSink {
  return ({ level, message, fields, logger }, { run, flowRun, taskRun }) => {
    const line: LogLine = {
      flowRunId: flowRun?.id ?? null,
      taskRunId: taskRun?.id ?? null,
      attempt: taskRun?.attempt ?? flowRun?.attempt ?? 0,
      at: clock.now(),
      level,
      logger,
      message: truncateUtf8(masker.mask(String(message)), maxMessageBytes, "…"),
      fields: fields === undefined ? null : toJson(fields, (text) => masker.mask(text)),
      ...(run === null ? {} : { epoch: run.epoch }),
    };
    journal.log(line);
    observer?.log(line);
  };
}

/** What is too big, or is no JSON, is kept as a text that shows it: a line is worth more than its form. */
function toJson(fields: Readonly<Record<string, unknown>>, mask: (text: string) => string): string {
  let json: string;
  try {
    json = mask(JSON.stringify(fields, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)));
    if (json.length <= maxFieldsBytes) return json;
  } catch {
    json = mask(inspect(fields, { depth: 3, maxStringLength: Number.POSITIVE_INFINITY }));
  }
  return JSON.stringify({ fields: truncateUtf8(json, maxFieldsBytes / 2, "…") });
}
