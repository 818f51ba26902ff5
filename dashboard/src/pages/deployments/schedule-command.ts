/** What the editor of schedules does, as a command line. */

import type { CatchUpPolicy, Deployment, Schedule, ScheduleSpec, ScheduleToSave } from "millrace/client";
import { toCommand } from "../../format/shell.ts";
import { type ScheduleDraft, toDraft, toSchedule, units } from "./schedule-draft.ts";

type Named = Pick<Deployment, "flowName" | "name">;

/** Gives a deployment such a schedule. */
export function toCreateCommand({ flowName, name }: Named, draft: ScheduleDraft): string {
  const { schedule } = toSchedule(draft);
  return toCommand(
    "deployment",
    "schedule",
    "create",
    `${flowName}/${name}`,
    ...toSpecOptions(schedule),
    ...toOptions({ ...schedule, ...withoutUsual(schedule) }),
    ...(draft.active ? [] : ["--paused"]),
  );
}

/** Changes a schedule to what the fields say: what is the same as it was is left out. */
export function toUpdateCommand({ flowName, name }: Named, before: Schedule, draft: ScheduleDraft): string {
  const { schedule } = toSchedule(draft);
  const { schedule: was } = toSchedule(toDraft(before));
  const isOther = (field: keyof ScheduleToSave): boolean =>
    JSON.stringify(schedule[field]) !== JSON.stringify(was[field]);
  const fields = ["slug", "parameters", "startAt", "endAt", "jitterMs", "catchUp"] as const;
  const others = Object.fromEntries(fields.filter(isOther).map((field) => [field, schedule[field]]));
  const options = [
    ...(isOther("spec") ? toSpecOptions(schedule) : []),
    ...toOptions(others),
    ...(isOther("active") ? [draft.active ? "--no-paused" : "--paused"] : []),
  ];
  return toCommand(
    "deployment",
    "schedule",
    "update",
    `${flowName}/${name}`,
    before.slug ?? before.id,
    // Where nothing is changed yet, all of it says what could be.
    ...(options.length === 0 ? toSpecOptions(schedule) : options),
  );
}

const iso = (at: number): string => new Date(at).toISOString().replace(".000", "");

function toSpecOptions(schedule: ScheduleToSave): readonly string[] {
  const spec = schedule.spec as unknown as ScheduleSpec;
  const zone = "timezone" in spec && spec.timezone !== "UTC" ? ["-z", spec.timezone ?? "UTC"] : [];
  switch (spec.kind) {
    case "cron":
      return ["--cron", spec.cron, ...(spec.dayOr === false ? ["--day-and"] : []), ...zone];
    case "interval": {
      const anchor = spec.anchorAt === undefined ? [] : ["--anchor", iso(spec.anchorAt)];
      return ["--interval", toDurationOption(spec.everyMs), ...anchor, ...zone];
    }
    case "rrule":
      return ["--rrule", spec.rrule, ...zone];
    case "dates":
      return spec.at.flatMap((at) => ["--date", iso(at)]);
  }
}

type Fields = Partial<Pick<ScheduleToSave, "slug" | "parameters" | "startAt" | "endAt" | "jitterMs" | "catchUp">>;

/** Of a new schedule, what is as it is anyway. */
function withoutUsual({ slug, parameters, startAt, endAt, jitterMs, catchUp }: ScheduleToSave): {
  readonly [Name in keyof Fields]: Fields[Name] | undefined;
} {
  return {
    slug: slug ?? undefined,
    parameters: Object.keys(parameters ?? {}).length === 0 ? undefined : parameters,
    startAt: startAt ?? undefined,
    endAt: endAt ?? undefined,
    jitterMs: jitterMs === 0 ? undefined : jitterMs,
    catchUp: catchUp?.policy === "skip" ? undefined : catchUp,
  };
}

function toOptions(fields: { readonly [Name in keyof Fields]: Fields[Name] | undefined }): readonly string[] {
  const { slug, parameters, startAt, endAt, jitterMs } = fields;
  const catchUp = fields.catchUp as unknown as CatchUpPolicy | undefined;
  const timeOf = (at: number | null): string => (at === null ? "none" : iso(at));
  return [
    ...(slug === undefined ? [] : slug === null ? ["--slug="] : ["--slug", slug]),
    ...(parameters === undefined ? [] : ["--params", JSON.stringify(parameters)]),
    ...(startAt === undefined ? [] : ["--start", timeOf(startAt)]),
    ...(endAt === undefined ? [] : ["--end", timeOf(endAt)]),
    ...(jitterMs === undefined ? [] : ["--jitter", `${jitterMs}ms`]),
    ...(catchUp === undefined ? [] : ["--catch-up", catchUp.policy]),
    ...(catchUp?.policy === "all" ? ["--catch-up-max", String(catchUp.max)] : []),
  ];
}

function toDurationOption(ms: number): string {
  const letters = [
    ["d", units.day],
    ["h", units.hour],
    ["m", units.minute],
    ["s", units.second],
  ] as const;
  const [letter, unit] = letters.find(([, each]) => ms % each === 0) ?? ["ms", 1];
  return `${ms / unit}${letter}`;
}
