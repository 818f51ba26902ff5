/** When a deployment runs by itself. Whether a cron expression or a recurrence rule means something is checked where they are read. */

import * as z from "zod";
import { jsonObject, orNull, record, seconds, text, time, timeText, timeZone, uuid } from "./common.ts";

const intervalScheduleInput = z.object({
  interval: seconds.refine((value) => value > 0, "Input should be greater than 0"),
  anchor_date: time.optional(),
  timezone: orNull(timeZone),
});

const cronScheduleInput = z.object({ cron: text, timezone: orNull(timeZone), day_or: z.boolean().default(true) });

/** The longest rule, in characters. */
const maxRruleLength = 6500;

const rruleScheduleInput = z.object({
  rrule: text.max(maxRruleLength),
  timezone: timeZone.nullable().default("UTC"),
});

const scheduleInput = z.union([intervalScheduleInput, cronScheduleInput, rruleScheduleInput]);

const schedule = z.union([
  z.object({ interval: z.number(), anchor_date: timeText, timezone: text.nullable() }).meta({ id: "IntervalSchedule" }),
  z.object({ cron: text, timezone: text.nullable(), day_or: z.boolean() }).meta({ id: "CronSchedule" }),
  z.object({ rrule: text, timezone: text.nullable() }).meta({ id: "RRuleSchedule" }),
]);

/** Runs that are made ahead, at most. */
const maxScheduledRuns = z.int().positive().max(100);

export const deploymentScheduleCreate = z
  .object({
    active: z.boolean().default(true),
    schedule: scheduleInput,
    max_scheduled_runs: orNull(maxScheduledRuns),
    parameters: jsonObject.default({}),
    slug: orNull(text),
    replaces: orNull(text),
  })
  .meta({ id: "DeploymentScheduleCreate" });

/** What is left out stays as it is. */
export const deploymentScheduleUpdate = z
  .object({
    active: z.boolean().nullish(),
    schedule: scheduleInput.nullish(),
    max_scheduled_runs: maxScheduledRuns.nullish(),
    parameters: jsonObject.optional(),
    slug: text.nullish(),
    replaces: text.nullish(),
  })
  .meta({ id: "DeploymentScheduleUpdate" });

export const deploymentSchedule = z
  .object({
    ...record,
    deployment_id: uuid.nullable(),
    schedule,
    active: z.boolean(),
    max_scheduled_runs: z.int().nullable(),
    parameters: jsonObject,
    slug: text.nullable(),
  })
  .meta({ id: "DeploymentSchedule" });

export type ScheduleInput = z.output<typeof scheduleInput>;
export type Schedule = z.output<typeof schedule>;
export type DeploymentScheduleCreate = z.output<typeof deploymentScheduleCreate>;
export type DeploymentScheduleUpdate = z.output<typeof deploymentScheduleUpdate>;
export type DeploymentSchedule = z.output<typeof deploymentSchedule>;
