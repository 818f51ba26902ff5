/** Schedules at the border: what Prefect says of them, and what becomes of the kinds that it does not know. */

import type { DatesSchedule, ScheduleSpec } from "../../../contract/schedules.ts";
import type { ScheduleChange, ScheduleToSave } from "../../../contract/deployments.ts";
import type { Schedule } from "../../../contract/objects.ts";
import type {
  DeploymentSchedule,
  DeploymentScheduleCreate,
  DeploymentScheduleUpdate,
  Schedule as PrefectSchedule,
  ScheduleInput,
} from "../schemas/schedules.ts";
import { toPrefectTime } from "../times.ts";

/** From where an interval is counted that has no anchor of its own. */
const defaultAnchorAt = Date.UTC(2020, 0, 1);

/** @param now an interval without an anchor is counted from it */
export function fromPrefectSpec(given: ScheduleInput, now: number): ScheduleSpec {
  const zone = given.timezone === null ? {} : { timezone: given.timezone };
  if ("interval" in given) {
    return {
      kind: "interval",
      everyMs: Math.round(given.interval * 1000),
      anchorAt: Math.floor(given.anchor_date ?? now),
      ...zone,
    };
  }
  if ("cron" in given) return { kind: "cron", cron: given.cron, dayOr: given.day_or, ...zone };
  return { kind: "rrule", rrule: given.rrule, ...zone };
}

export function toPrefectSpec(spec: ScheduleSpec): PrefectSchedule {
  switch (spec.kind) {
    case "interval":
      return {
        interval: spec.everyMs / 1000,
        anchor_date: toPrefectTime(spec.anchorAt ?? defaultAnchorAt),
        timezone: spec.timezone ?? null,
      };
    case "cron":
      return { cron: spec.cron, timezone: spec.timezone ?? null, day_or: spec.dayOr ?? true };
    case "rrule":
      return { rrule: spec.rrule, timezone: spec.timezone ?? "UTC" };
    case "dates":
      return { rrule: toRdates(spec), timezone: "UTC" };
  }
}

/** A list of times as a recurrence, which knows whole seconds. */
function toRdates({ at }: DatesSchedule): string {
  const times = at.map((ms) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, ""));
  return times.length === 0 ? "" : `RDATE:${times.join(",")}`;
}

export function fromPrefectSchedule(given: DeploymentScheduleCreate, now: number): ScheduleToSave {
  return {
    slug: given.slug,
    active: given.active,
    spec: { ...fromPrefectSpec(given.schedule, now) },
    parameters: given.parameters,
    maxScheduledRuns: given.max_scheduled_runs,
  };
}

/** What is given of a schedule. */
export function fromPrefectScheduleUpdate(given: DeploymentScheduleUpdate, now: number): ScheduleChange {
  const { active, schedule, max_scheduled_runs, parameters, slug } = given;
  return {
    ...(active == null ? {} : { active }),
    ...(schedule == null ? {} : { spec: { ...fromPrefectSpec(schedule, now) } }),
    ...(max_scheduled_runs === undefined ? {} : { maxScheduledRuns: max_scheduled_runs }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(slug === undefined ? {} : { slug }),
  };
}

export function toPrefectSchedule(schedule: Schedule): DeploymentSchedule {
  return {
    id: schedule.id,
    created: toPrefectTime(schedule.createdAt),
    updated: toPrefectTime(schedule.updatedAt),
    deployment_id: schedule.deploymentId,
    schedule: toPrefectSpec(schedule.spec as unknown as ScheduleSpec),
    active: schedule.active,
    max_scheduled_runs: schedule.maxScheduledRuns ?? null,
    parameters: { ...schedule.parameters },
    slug: schedule.slug,
  };
}
