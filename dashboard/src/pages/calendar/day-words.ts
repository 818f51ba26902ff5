import { plural, toCount } from "../../format/number.ts";
import { type Family, families } from "../../states/families.ts";
import type { DayRuns } from "./read-calendar.ts";

const words: Readonly<Partial<Record<Family, string>>> = {
  failed: "failed",
  crashed: "crashed",
  attention: "late or paused",
  running: "running",
  completed: "completed",
  inert: "cancelled",
};

/** `26 November 2026: 24 runs, 22 completed, 2 failed, 3 planned` */
export function toDayWords({ day, counts, runs, planned, isMorePlanned }: DayRuns): string {
  const parts = families.flatMap((family) => {
    const count = counts[family] ?? 0;
    const word = words[family];
    return count === 0 || word === undefined ? [] : [`${toCount(count)} ${word}`];
  });
  const all = [runs === 0 ? "no runs" : plural(runs, "run"), ...parts, ...toPlannedWords(planned, isMorePlanned)];
  return `${toLongDay(day.key)}: ${all.join(", ")}`;
}

function toPlannedWords(planned: number, isMore: boolean): readonly string[] {
  if (planned === 0) return isMore ? ["more planned than is counted"] : [];
  return [`${isMore ? "more than " : ""}${toCount(planned)} planned`];
}

const long = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const monthAndYear = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** @param key `2026-11-26` */
export const toLongDay = (key: string): string => long.format(Date.parse(`${key}T00:00Z`));

/** @param month `2026-11` */
export const toMonthName = (month: string): string => monthAndYear.format(Date.parse(`${month}-01T00:00Z`));
