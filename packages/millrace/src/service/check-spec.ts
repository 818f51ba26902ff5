import { MillraceError } from "../contract/errors.ts";
import type { Schedule } from "../contract/objects.ts";
import type { ScheduleSpec } from "../contract/schedules.ts";
import { checkSchedule } from "../rules/schedules/check-schedule.ts";

const kinds: ReadonlySet<unknown> = new Set<ScheduleSpec["kind"]>(["cron", "interval", "rrule", "dates"]);

/** Whether what a schedule says when it is due can be read, and names a time. @throws SCHEDULE_INVALID */
export function checkSpec(spec: Schedule["spec"]): void {
  if (kinds.has(spec.kind)) return checkSchedule(spec as unknown as ScheduleSpec);
  const reason = `\`${String(spec.kind)}\` is no kind of schedule`;
  throw new MillraceError("SCHEDULE_INVALID", { reason, advice: "Use cron, interval, rrule or dates." });
}
