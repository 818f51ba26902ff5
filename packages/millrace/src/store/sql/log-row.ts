/** A log line as a row: levels are kept as numbers, so that "at least" is a comparison. */

import { type LogLevel, type LogLine, logSeverity, type StoredLogLine } from "../../contract/records.ts";
import type { Row } from "./database.ts";
import { cleanText, cleanTextOrNull } from "./text.ts";
import { checkUuidOrNull } from "./uuid.ts";

/** In the order of `toLogValues`; `seq` is the database's. */
export const logColumns = [
  "flow_run_id",
  "task_run_id",
  "attempt",
  "at",
  "severity",
  "logger",
  "message",
  "fields",
] as const;

const levelOf: ReadonlyMap<number, LogLevel> = new Map(
  Object.entries(logSeverity).map(([level, severity]) => [severity, level as LogLevel]),
);

export function toLogValues(line: LogLine): (string | number | null)[] {
  return [
    checkUuidOrNull(line.flowRunId),
    checkUuidOrNull(line.taskRunId),
    line.attempt,
    line.at,
    line.severity ?? logSeverity[line.level],
    cleanText(line.logger),
    cleanText(line.message),
    cleanTextOrNull(line.fields),
  ];
}

/** The level at or below a severity; the number itself where it is none of ours. */
function toLevel(severity: number): Pick<StoredLogLine, "level" | "severity"> {
  const exact = levelOf.get(severity);
  if (exact !== undefined) return { level: exact };
  const below = [...levelOf].findLast(([each]) => each < severity);
  return { level: below?.[1] ?? "trace", severity };
}

export function toLogLine(row: Row): StoredLogLine {
  return {
    seq: row.seq as number,
    flowRunId: row.flow_run_id as string | null,
    taskRunId: row.task_run_id as string | null,
    attempt: row.attempt as number,
    at: row.at as number,
    ...toLevel(row.severity as number),
    logger: row.logger as string,
    message: row.message as string,
    fields: row.fields as string | null,
  };
}
