/** Log lines as they are printed: `14:03:07.123 warn  [flow/task] message`. */

import type { LogLevel, LogLine } from "../../contract/records.ts";
import { cleanLine, cleanText } from "../output/clean-text.ts";
import type { Look } from "../output/look.ts";

/** Longer messages are cut; the ledger has the whole. */
const maxMessageLength = 8000;
const maxFieldsLength = 300;

/** Under this the message begins in each of its lines. */
const indent = " ".repeat(4);

/** `at` is in ms since the epoch; `label` says whose line it is, "" for nobody's. May have several lines. */
export function logText(
  line: { readonly at: number; readonly level: LogLevel; readonly label: string; readonly message: string } & Partial<
    Pick<LogLine, "fields">
  >,
  { paint }: Look,
): string {
  const label = line.label === "" ? "" : `[${cleanLine(line.label)}] `;
  const prefix = `${timeOfDay(line.at)} ${line.level.padEnd(5)} `;
  const [first = "", ...rest] = cutMessage(cleanText(line.message)).split("\n");
  const fields = line.fields == null ? "" : ` ${paint.dim(cleanLine(line.fields).slice(0, maxFieldsLength))}`;
  const text = [first, ...rest.map((each) => indent + each)].join("\n");
  return `${levelPrefix(line.level, prefix, paint)}${paint.dim(label)}${text}${fields}`;
}

function levelPrefix(level: LogLevel, prefix: string, paint: Look["paint"]): string {
  switch (level) {
    case "trace":
    case "debug":
    case "info":
      return paint.dim(prefix);
    case "warn":
      return paint.yellow(prefix);
    case "error":
    case "fatal":
      return paint.red(prefix);
  }
}

function cutMessage(message: string): string {
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength)} …`;
}

/** HH:MM:SS.mmm in the zone of this machine. */
function timeOfDay(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
