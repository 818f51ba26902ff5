import { type Duration, toMs } from "../kit/duration.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** A time in ms since the epoch from a date, with a time if need be: in the zone of this machine where it names none. */
export function parseDate(written: string, option: string): number {
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00` : written);
  if (!/^\d{4}-/.test(written) || Number.isNaN(at)) {
    const advice = "write for example 2026-11-22, 2026-11-22T14:00 or 2026-11-22T14:00Z";
    throw new UsageProblem(`${option} takes a date, not \`${written}\``, advice);
  }
  return at;
}

/** When something is to begin: at a date, or in a while; undefined when neither is given. */
export function parseStart(
  { at, in: inAWhile }: { readonly at: string | undefined; readonly in: string | undefined },
  now: number,
): number | undefined {
  if (at !== undefined && inAWhile !== undefined) throw new UsageProblem("--at and --in are not for one run");
  if (at !== undefined) return parseDate(at, "--at");
  if (inAWhile === undefined) return undefined;
  try {
    return now + toMs(inAWhile as Duration);
  } catch (error) {
    throw new UsageProblem(`--in: ${error instanceof Error ? error.message : String(error)}`);
  }
}
