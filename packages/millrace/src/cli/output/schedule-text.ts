/** Schedules as they are written, in a few words. */

import type { JsonObject } from "../../contract/objects.ts";
import type { ScheduleSpec } from "../../contract/schedules.ts";
import { formatDuration } from "../../kit/duration.ts";
import { cleanLine } from "./clean-text.ts";
import { plural } from "./numbers.ts";

/** "cron 0 2 * * * Europe/Berlin", "every 15m", "rrule FREQ=DAILY", "3 dates" */
export function scheduleText(written: JsonObject): string {
  const spec = written as unknown as ScheduleSpec;
  switch (spec.kind) {
    case "cron":
      return cleanLine(withZone(`cron ${spec.cron}`, spec.timezone));
    case "interval":
      return withZone(`every ${formatDuration(spec.everyMs).replace(/ 0+[a-z]$/, "")}`, spec.timezone);
    case "rrule":
      return cleanLine(withZone(`rrule ${spec.rrule.replace(/^RRULE:/i, "")}`, spec.timezone));
    case "dates":
      return plural(spec.at.length, "date");
  }
}

function withZone(text: string, zone: string | undefined): string {
  return zone === undefined || zone === "UTC" ? text : `${text} ${zone}`;
}
