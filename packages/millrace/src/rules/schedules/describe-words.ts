/** Words for calendars. */

import { hourMs, minuteMs } from "./calendar.ts";

export const weekdayWords = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export const monthWords = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "1, 2 and 3". */
export function listed(items: readonly string[], word = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

/** "day", "2 days": what comes after "every". */
export function counted(count: number, unit: string): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}

/** "1st", "22nd", "13th". */
export function ordinal(count: number): string {
  const tens = count % 100;
  if (tens >= 11 && tens <= 13) return `${count}th`;
  return `${count}${["th", "st", "nd", "rd"][count % 10] ?? "th"}`;
}

/** "last" for -1, "2nd last" for -2. */
export function fromEnd(place: number): string {
  return place === -1 ? "last" : `${ordinal(-place)} last`;
}

/** "09:30", from ms since midnight; with seconds where there are some. */
export function clock(timeMs: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const seconds = Math.floor((timeMs % minuteMs) / 1000);
  const text = `${two(timeMs / hourMs)}:${two((timeMs % hourMs) / minuteMs)}`;
  return seconds === 0 ? text : `${text}:${two(seconds)}`;
}

/** "2026-05-01", of a wall time. */
export function dateText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}
