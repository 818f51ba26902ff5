import { type Duration, toMs } from "../kit/duration.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** A time in ms since the epoch from how long ago it was ("2h", "3 days") or a date ("2026-11-22", with a time if need be). */
export function parseSince(written: string, now: number): number {
  if (/^\d{4}-/.test(written)) {
    const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00` : written);
    if (!Number.isNaN(at)) return at;
    throw new UsageProblem(`\`${written}\` is no date`, "write for example 2026-11-22 or 2026-11-22T14:00");
  }
  try {
    return now - toMs(written as Duration);
  } catch (error) {
    throw new UsageProblem(error instanceof Error ? error.message : String(error), "or write a date: 2026-11-22");
  }
}
