/** What the calendar shows, as it stands in the address. */

import { textOf } from "../../app/search-words.ts";

export interface CalendarSearch {
  /** Default: a month. */
  readonly view?: "year";
  /** `2026-11`; of a year its first four digits count. Default: now. */
  readonly month?: string;
  readonly deployment?: string;
}

export function readCalendarSearch(given: Readonly<Record<string, unknown>>): CalendarSearch {
  const { month } = given;
  return {
    ...(given.view === "year" ? { view: "year" as const } : {}),
    ...(typeof month === "string" && /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(month) ? { month } : {}),
    ...textOf(given, "deployment"),
  };
}
