import { hourMs, minuteMs, secondMs } from "./calendar.ts";
import { clock, counted, listed, monthWords, ordinal, weekdayWords } from "./describe-words.ts";
import { cronFields, readCronItem } from "./cron-field.ts";
import { type CronRule, type CronTexts, parseCron, splitCron } from "./parse-cron.ts";

/** Longer lists of values are given by their field's text. */
const maxListed = 6;

/** A cron expression in words: "Every 15 minutes from 09:00 to 17:59 on Monday to Friday". @throws SCHEDULE_INVALID */
export function describeCron(
  expression: string,
  options: { readonly dayOr?: boolean | undefined; readonly seed?: string | undefined } = {},
): string {
  const rule = parseCron(expression, options);
  const texts = splitCron(expression, options);
  const time = describeTime(rule, texts);
  const days = describeDays(texts, options.dayOr ?? true);
  const months = texts.month === "*" ? "" : ` in ${listed(rule.months.map((month) => monthWords[month - 1] ?? ""))}`;
  const years =
    rule.years === null ? "" : ` of ${rule.years.length > maxListed ? texts.year : listed(rule.years.map(String))}`;
  const everyDay = days === "" && months === "" && /^At \d/.test(time) ? " every day" : "";
  return `${time}${days}${everyDay}${months}${years}`;
}

function describeTime(rule: CronRule, texts: CronTexts): string {
  const { hours, minutes, seconds } = rule;
  const count = hours.length * minutes.length * seconds.length;
  if (count <= maxListed && !texts.hour.startsWith("*")) {
    const times = hours.flatMap((hour) =>
      minutes.flatMap((minute) =>
        seconds.map((second) => clock(hour * hourMs + minute * minuteMs + second * secondMs)),
      ),
    );
    return `At ${listed(times)}`;
  }
  const hourStep = stepOf(texts.hour);
  if (hourStep !== null && texts.minute === "0" && texts.second === "0") return `Every ${counted(hourStep, "hour")}`;
  return `${describeWithinHour(rule, texts)}${describeHours(rule, texts)}`;
}

/** What happens within an hour: "Every 15 minutes", "At minute 5". */
function describeWithinHour(rule: CronRule, texts: CronTexts): string {
  const secondStep = stepOf(texts.second);
  const minuteStep = stepOf(texts.minute);
  if (texts.second === "0" && minuteStep !== null) return `Every ${counted(minuteStep, "minute")}`;
  if (secondStep !== null && texts.minute === "*") return `Every ${counted(secondStep, "second")}`;
  const ofMinute = texts.second === "0" ? "" : `${valuesText(rule.seconds, texts.second, "second")} of `;
  const minutes =
    minuteStep === null ? valuesText(rule.minutes, texts.minute, "minute") : `every ${counted(minuteStep, "minute")}`;
  return `At ${ofMinute}${minutes}`;
}

function describeHours(rule: CronRule, texts: CronTexts): string {
  const { hours } = rule;
  const step = stepOf(texts.hour);
  const isEveryMinute = stepOf(texts.minute) !== null;
  if (step === 1) return isEveryMinute ? "" : " of every hour";
  if (step !== null) return isEveryMinute ? ` of every ${ordinal(step)} hour` : `, every ${step} hours`;
  const [first = 0, last = 0] = [hours[0], hours.at(-1)];
  const isRun = hours.length > 1 && last - first === hours.length - 1;
  if (isRun || hours.length === 1) return ` from ${clock(first * hourMs)} to ${clock(last * hourMs + 59 * minuteMs)}`;
  return ` of ${hours.length > maxListed ? `the hours ${texts.hour}` : listed(hours.map((hour) => `${clock(hour * hourMs)}`))}`;
}

/** The step of a wildcard: 1 for `*`; null for anything else. */
function stepOf(text: string): number | null {
  const match = /^\*(?:\/(\d+))?$/.exec(text);
  return match === null ? null : Number(match[1] ?? 1);
}

function valuesText(values: readonly number[], text: string, unit: string): string {
  if (values.length > maxListed) return `${unit}s ${text}`;
  return `${values.length === 1 ? unit : `${unit}s`} ${listed(values.map(String))}`;
}

function describeDays(texts: CronTexts, isEither: boolean): string {
  const ofMonth = /^[*?]$/.test(texts.day) ? "" : `on ${listed(texts.day.split(",").map(dayOfMonthText))} of the month`;
  const ofWeek = /^[*?]$/.test(texts.weekday) ? "" : `on ${listed(texts.weekday.split(",").map(weekdayText))}`;
  if (ofMonth !== "" && ofWeek !== "")
    return ` ${ofMonth} ${isEither ? "and" : "when it is"} ${isEither ? ofWeek : ofWeek.slice(3)}`;
  return ofMonth + ofWeek === "" ? "" : ` ${ofMonth}${ofWeek}`;
}

function dayOfMonthText(item: string): string {
  if (item === "l") return "the last day";
  if (item === "lw") return "the last weekday";
  const before = /^l-(\d+)$/.exec(item);
  if (before !== null) return `${before[1]} days before the last day`;
  const nearest = /^(\d+)w$/.exec(item);
  if (nearest !== null) return `the weekday nearest the ${ordinal(Number(nearest[1]))}`;
  const step = stepOf(item);
  if (step !== null) return `every ${ordinal(step)} day`;
  const range = /^(\d+)-(\d+)$/.exec(item);
  if (range !== null) return `the ${ordinal(Number(range[1]))} to ${ordinal(Number(range[2]))}`;
  return /^\d+$/.test(item) ? `the ${ordinal(Number(item))}` : `the days ${item.toUpperCase()}`;
}

function weekdayText(item: string): string {
  const last = /^l(\w+)$|^(\w+)l$/.exec(item);
  if (last !== null) return `the last ${weekdayWord(last[1] ?? last[2] ?? "")} of the month`;
  const [value = "", nth] = item.split("#");
  const range = /^(\w+)-(\w+)$/.exec(value);
  const days =
    range === null
      ? /^\w+$/.test(value)
        ? weekdayWord(value)
        : `the weekdays ${value.toUpperCase()}`
      : `${weekdayWord(range[1] ?? "")} to ${weekdayWord(range[2] ?? "")}`;
  return nth === undefined ? days : `the ${ordinal(Number(nth))} ${days} of the month`;
}

function weekdayWord(value: string): string {
  const [weekday = 0] = readCronItem(value, cronFields.weekday);
  return weekdayWords[weekday % 7] ?? "";
}
