import { dayMs } from "./calendar.ts";
import { defaultStartWallMs } from "./interval-times.ts";
import { parseRrule } from "./parse-rrule.ts";
import type { Rrule } from "./rrule.ts";
import { readRruleText, type WrittenTime } from "./rrule-text.ts";
import { rruleWalls } from "./rrule-walls.ts";
import { quote, scheduleInvalid } from "./schedule-error.ts";
import { createStepBudget } from "./step-budget.ts";
import type { WallTimes } from "./wall-times.ts";
import { toWall, type Zone, zoneOf } from "./zone.ts";

/** A COUNT of more than this, of a rule that has to be followed to be counted, is refused. */
const maxCount = 10_000;
const units = { WEEKLY: 7 * dayMs, DAILY: dayMs, HOURLY: dayMs / 24, MINUTELY: dayMs / 1440, SECONDLY: 1000 } as const;

export interface RruleSet {
  readonly walls: WallTimes;
  readonly zone: Zone;
}

/**
 * Reads a recurrence: the union of its RRULEs and RDATEs without its EXRULEs and EXDATEs, by the wall of one zone. A time
 * in UTC (with a Z) counts as what that wall shows then.
 *
 * @param options.timezone where the schedule names one; the TZID of the text must then be the same
 * @throws SCHEDULE_INVALID
 */
export function compileRruleSet(text: string, options: { readonly timezone: string | undefined }): RruleSet {
  const written = readRruleText(text);
  const name = options.timezone ?? written.timezone ?? "UTC";
  if (written.timezone !== null && written.timezone !== name)
    throw scheduleInvalid(
      `the recurrence names the zone ${quote(written.timezone)} and the schedule ${quote(name)}`,
      "Name the zone once.",
    );
  const zone = zoneOf(name);
  const readWall = (time: WrittenTime): number => (time.isUtc ? toWall(zone, time.wallMs) : time.wallMs);
  const startMs = written.start === null ? defaultStartWallMs : readWall(written.start);
  const readRule = (rule: string): Rrule => endCount(parseRrule(rule, { startMs, toWall: readWall }));
  const rules = written.rules.map(readRule);
  const excludedRules = written.excludedRules.map(readRule);
  const dates = [...new Set(written.dates.map(readWall))].sort((a, b) => a - b);
  const excludedDates = new Set(written.excludedDates.map(readWall));
  const walls: WallTimes = {
    repeats: rules.length > 0 && rules.every(isEveryHour),
    from(fromMs, budget) {
      const included = [
        ...rules.map((rule) => rruleWalls(rule, fromMs, budget)),
        dates.values().filter((ms) => ms >= fromMs),
      ];
      const excluded = excludedRules.map((rule) => rruleWalls(rule, fromMs, budget));
      const all = union(included);
      return excluded.length === 0 && excludedDates.size === 0
        ? all
        : without(all, { dates: excludedDates, walls: union(excluded) });
    },
  };
  return { walls, zone };
}

/** A rule that goes through every hour goes through one that is shown twice, too. */
function isEveryHour(rule: Rrule): boolean {
  if (rule.hours !== null) return false;
  return rule.frequency === "HOURLY"
    ? rule.interval === 1
    : rule.frequency === "MINUTELY" || rule.frequency === "SECONDLY";
}

/** A rule that ends by a count, as one that ends at its last time: so a search need not begin at the start. */
function endCount(rule: Rrule): Rrule {
  if (rule.count === null) return rule;
  const lastMs = lastOfCount(rule, rule.count);
  return { ...rule, count: null, untilMs: Math.min(rule.untilMs ?? Number.POSITIVE_INFINITY, lastMs) };
}

function lastOfCount(rule: Rrule, count: number): number {
  const { frequency, isPlain } = rule;
  if (isPlain && frequency !== "YEARLY" && frequency !== "MONTHLY")
    return rule.startMs + (count - 1) * rule.interval * units[frequency];
  let found = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const wallMs of rruleWalls(rule, rule.startMs, createStepBudget(Math.min(count, maxCount) / 10))) {
    lastMs = wallMs;
    found++;
    if (found === count) return lastMs;
    if (found === maxCount)
      throw scheduleInvalid(
        `COUNT=${count} is more than ${maxCount.toLocaleString("en-US")}`,
        "Give the last time with UNTIL.",
      );
  }
  return lastMs;
}

/** Ascending lists as one, without doubles. */
function* union(lists: readonly Iterator<number, unknown>[]): Generator<number, void> {
  const heads = lists.map((list) => ({ list, head: list.next() }));
  for (;;) {
    let least = Number.POSITIVE_INFINITY;
    for (const { head } of heads) if (head.done !== true && head.value < least) least = head.value;
    if (least === Number.POSITIVE_INFINITY) return;
    yield least;
    for (const entry of heads)
      if (entry.head.done !== true && entry.head.value === least) entry.head = entry.list.next();
  }
}

function* without(
  all: Iterable<number>,
  excluded: { readonly dates: ReadonlySet<number>; readonly walls: Iterator<number, void> },
): Generator<number, void> {
  let next = excluded.walls.next();
  for (const wallMs of all) {
    while (next.done !== true && next.value < wallMs) next = excluded.walls.next();
    const isExcluded = excluded.dates.has(wallMs) || (next.done !== true && next.value === wallMs);
    if (!isExcluded) yield wallMs;
  }
}
