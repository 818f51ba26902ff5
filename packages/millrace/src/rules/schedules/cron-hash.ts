/**
 * `H` in a cron expression: a value that is the same for one seed, and spread over the range for many, so that a
 * thousand nightly schedules do not all start at midnight. As croniter has it: CRC-32 of the seed, shifted by the field.
 */

import type { CronField } from "./cron-field.ts";
import { scheduleInvalid } from "./schedule-error.ts";

const hashed = /^([hr])(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/;

/**
 * An item with its `H`, `H(0-29)`, `H/15` or `H(0-29)/10` replaced by values; another item as it is.
 *
 * @param options.index the place of the field in the expression
 * @throws SCHEDULE_INVALID without a seed, or for `R` (a value that is chosen anew each time)
 */
export function replaceHash(
  item: string,
  options: { readonly field: CronField; readonly index: number; readonly seed: string | undefined },
): string {
  const match = hashed.exec(item);
  if (match === null) return item;
  const { field, index, seed } = options;
  const [, letter, minText, maxText, stepText] = match;
  if (letter === "r")
    throw scheduleInvalid(
      "`R` in a cron expression chooses anew each time it is read",
      "Write `H`, which keeps its choice.",
    );
  if (seed === undefined)
    throw scheduleInvalid("`H` in a cron expression has nothing here to be chosen by", "Write a number in its place.");
  const min = Number(minText ?? field.min);
  const max = Number(maxText ?? (field.max === 7 ? 6 : field.max));
  const step = stepText === undefined ? undefined : Number(stepText);
  if (min >= max || min < field.min || max > field.max || step === 0)
    throw scheduleInvalid(
      `\`${item.slice(0, 40)}\` is no range in the ${field.name} of the cron expression`,
      `A ${field.name} is ${field.min} to ${field.max}.`,
    );
  const choices = step === undefined ? max - min + 1 : Math.min(step, max - min + 1);
  const value = ((crc32(seed) >>> index) % choices) + min;
  return step === undefined ? String(value) : value === max ? String(value) : `${value}-${max}/${step}`;
}

/** CRC-32 (ISO 3309, polynomial 0xEDB88320) of a text's UTF-8. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
