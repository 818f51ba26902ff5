import { describeSchedule, type Schedule, type ScheduleSpec } from "millrace/client";

/** A schedule in a line of English; one that cannot be read is shown as it was written. */
export function toScheduleWords(spec: Schedule["spec"]): string {
  try {
    return describeSchedule(spec as unknown as ScheduleSpec);
  } catch {
    return JSON.stringify(spec).slice(0, 200);
  }
}

/** Those that make runs, in a line: `At 02:00 every day, Europe/Berlin and 2 more`. */
export function toSchedulesWords(schedules: readonly Schedule[]): string {
  const active = schedules.filter((each) => each.active);
  const [first] = active;
  if (first === undefined) return schedules.length === 0 ? "" : "All paused";
  const words = toScheduleWords(first.spec);
  return active.length === 1 ? words : `${words} and ${active.length - 1} more`;
}
