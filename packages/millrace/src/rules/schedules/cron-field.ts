/** The fields of a cron expression: how a list of values, ranges and steps is read. */

import { scheduleInvalid } from "./schedule-error.ts";

export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Three-letter names, the first standing for `firstName`. */
  readonly names?: readonly string[];
  readonly firstName?: number;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export const cronFields = {
  minute: { name: "minute", min: 0, max: 59 },
  hour: { name: "hour", min: 0, max: 23 },
  day: { name: "day of the month", min: 1, max: 31 },
  month: { name: "month", min: 1, max: 12, names: monthNames, firstName: 1 },
  /** 7 is Sunday too. */
  weekday: { name: "day of the week", min: 0, max: 7, names: weekdayNames, firstName: 0 },
  second: { name: "second", min: 0, max: 59 },
  year: { name: "year", min: 1970, max: 2099 },
} as const satisfies Record<string, CronField>;

/** `*`, `5`, `mon`, `1-5`, `22-2`, `1-30/5`, `10/15` (from 10 to the end) or `*` with a step. */
const itemPattern = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/;

/**
 * The values that one item of a field's list names, in no order. A range whose end is smaller than its start goes on at
 * the field's start.
 *
 * @throws SCHEDULE_INVALID that names the item and the field
 */
export function readCronItem(item: string, field: CronField): readonly number[] {
  const match = itemPattern.exec(item);
  if (match === null) throw refuse(item, field, "is not read");
  const [, star, startText = "", endText, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1) throw refuse(item, field, "has a step of 0");
  const max = field.max === 7 ? 6 : field.max;
  if (star !== undefined) return count(field.min, max, step);
  const start = readCronValue(startText, field);
  if (endText === undefined) return stepText === undefined ? [start] : count(start, Math.max(max, start), step);
  const end = readCronValue(endText, field);
  if (start === end) throw refuse(item, field, "begins and ends at the same value");
  if (start < end) return count(start, end, step);
  const size = max - field.min + 1;
  return count(start, end + size, step).map((value) => (value > max ? value - size : value));
}

/** A number or a name of a field. @throws SCHEDULE_INVALID when it is neither, or out of range */
export function readCronValue(text: string, field: CronField): number {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value < field.min || value > field.max) throw refuse(text, field, "is out of range");
    return value;
  }
  const index = field.names?.indexOf(text) ?? -1;
  if (index === -1) throw refuse(text, field, "is no value");
  return index + (field.firstName ?? 0);
}

function count(first: number, last: number, step: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

function refuse(item: string, field: CronField, why: string): Error {
  const named = field.names === undefined ? "" : `, or ${field.names[0]} to ${field.names.at(-1)}`;
  return scheduleInvalid(
    `\`${item.slice(0, 40)}\` ${why} in the ${field.name} of the cron expression`,
    `A ${field.name} is ${field.min} to ${field.max}${named}; write 1, 1-5, 1-5/2, */10, or several with commas.`,
  );
}
