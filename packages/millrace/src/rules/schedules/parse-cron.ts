import { maxScheduleText } from "../../contract/schedules.ts";
import { type CronDays, readDayOfMonth, readDayOfWeek } from "./cron-days.ts";
import { type CronField, cronFields, readCronItem } from "./cron-field.ts";
import { replaceHash } from "./cron-hash.ts";
import { quote, scheduleInvalid } from "./schedule-error.ts";

/** A cron expression, read. Lists ascend. */
export interface CronRule {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  /** null: any year. */
  readonly years: readonly number[] | null;
  readonly days: CronDays;
  /** Whether it names all hours, and so goes on through an hour that is shown twice. */
  readonly isEveryHour: boolean;
}

const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** The lists of an expression by field, lower case, nicknames and `H` replaced; the seconds are "0" when not given. */
export interface CronTexts {
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
  readonly year: string;
}

/**
 * @param options.seed what `H` is chosen by
 * @throws SCHEDULE_INVALID when there are not five to seven fields
 */
export function splitCron(expression: string, options: { readonly seed?: string | undefined } = {}): CronTexts {
  if (expression.length > maxScheduleText)
    throw scheduleInvalid(`the cron expression is longer than ${maxScheduleText} characters`, "Shorten it.");
  const lower = expression.trim().toLowerCase();
  const texts = (nicknames[lower] ?? lower).split(/\s+/);
  if (lower.startsWith("@") && nicknames[lower] === undefined)
    throw scheduleInvalid(
      `${quote(expression)} is no name of a schedule`,
      `Known are ${Object.keys(nicknames).join(", ")}.`,
    );
  if (texts.length < 5 || texts.length > 7)
    throw scheduleInvalid(
      `the cron expression ${quote(expression)} has ${lower === "" ? 0 : texts.length} fields`,
      "Write five: minute, hour, day of the month, month, day of the week; then, if needed, seconds and years.",
    );
  const order: readonly CronField[] = [
    cronFields.minute,
    cronFields.hour,
    cronFields.day,
    cronFields.month,
    cronFields.weekday,
    cronFields.second,
    cronFields.year,
  ];
  const [minute = "", hour = "", day = "", month = "", weekday = "", second = "0", year = "*"] = texts.map(
    (text, index) => replaceHash(text, { field: order[index] as CronField, index, seed: options.seed }),
  );
  return { second, minute, hour, day, month, weekday, year };
}

/** Reads a cron expression. @throws SCHEDULE_INVALID that names the part and what may stand there */
export function parseCron(
  expression: string,
  options: { readonly dayOr?: boolean | undefined; readonly seed?: string | undefined } = {},
): CronRule {
  const texts = splitCron(expression, options);
  const hours = readList(texts.hour, cronFields.hour);
  return {
    seconds: readList(texts.second, cronFields.second),
    minutes: readList(texts.minute, cronFields.minute),
    hours,
    months: readList(texts.month, cronFields.month),
    years: texts.year === "*" ? null : readList(texts.year, cronFields.year),
    days: {
      ofMonth: isAny(texts.day) ? null : items(texts.day).map(readDayOfMonth),
      ofWeek: isAny(texts.weekday) ? null : items(texts.weekday).map(readDayOfWeek),
      isEither: options.dayOr ?? true,
    },
    isEveryHour: hours.length === 24,
  };
}

/** `*`, alone or in a list, and `?`, which says that the other of the two day fields decides. */
function isAny(text: string): boolean {
  return text === "?" || text.split(",").includes("*");
}

function items(text: string): readonly string[] {
  return text.split(",");
}

function readList(text: string, field: CronField): readonly number[] {
  const values = new Set(items(text).flatMap((item) => readCronItem(item, field)));
  return [...values].sort((a, b) => a - b);
}
