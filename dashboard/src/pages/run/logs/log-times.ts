/** How the time of a line is shown. */

import { toClock, toDuration } from "../../../format/time.ts";

export type LogTimes = "absolute" | "relative" | "delta";

export const logTimes: readonly (readonly [LogTimes, string])[] = [
  ["absolute", "by the clock"],
  ["relative", "since the start"],
  ["delta", "since the line before"],
];

export interface TimeOfLine {
  readonly times: LogTimes;
  readonly zone: string;
  readonly at: number;
  /** What relative times count from. */
  readonly startedAt: number | null;
  /** Of the line before; null when it is not known. */
  readonly before: number | null;
}

export function toLineTime({ times, zone, at, startedAt, before }: TimeOfLine): string {
  switch (times) {
    case "absolute":
      return toClock(at, zone, { ms: true });
    case "relative":
      return startedAt === null ? toClock(at, zone, { ms: true }) : `+${toDuration(at - startedAt)}`;
    case "delta":
      return before === null ? "" : `+${toDuration(at - before)}`;
  }
}
