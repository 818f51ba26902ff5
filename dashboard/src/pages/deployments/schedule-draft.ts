/** A schedule as it stands in the fields of its editor, and what is saved of it. The server decides what it means. */

import type { CatchUpPolicy, JsonObject, Schedule, ScheduleSpec, ScheduleToSave } from "millrace/client";
import { fromFieldTime, toFieldTime } from "../../format/zone-time.ts";

export const units = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export type Unit = keyof typeof units;

export interface ScheduleDraft {
  readonly kind: ScheduleSpec["kind"];
  readonly slug: string;
  readonly active: boolean;
  /** An IANA name. */
  readonly timezone: string;
  readonly cron: string;
  /** A day of the month and a day of the week mean either. */
  readonly dayOr: boolean;
  readonly every: string;
  readonly unit: Unit;
  /** Times are on the clock of the zone. */
  readonly anchor: string;
  readonly rrule: string;
  /** One a line. */
  readonly dates: string;
  readonly start: string;
  readonly end: string;
  readonly jitterSeconds: string;
  readonly catchUp: CatchUpPolicy["policy"];
  readonly catchUpMax: string;
  readonly parameters: JsonObject;
}

export type DraftField = keyof ScheduleDraft;

/** What the page itself can tell is wrong, by field. */
export type DraftFaults = Readonly<Partial<Record<DraftField, string>>>;

export function newDraft(timezone: string): ScheduleDraft {
  return {
    kind: "cron",
    slug: "",
    active: true,
    timezone,
    cron: "0 2 * * *",
    dayOr: true,
    every: "1",
    unit: "hour",
    anchor: "",
    rrule: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=4;BYMINUTE=0;BYSECOND=0",
    dates: "",
    start: "",
    end: "",
    jitterSeconds: "",
    catchUp: "skip",
    catchUpMax: "100",
    parameters: {},
  };
}

export function toDraft(schedule: Schedule): ScheduleDraft {
  const spec = schedule.spec as unknown as ScheduleSpec;
  const zone = ("timezone" in spec ? spec.timezone : undefined) ?? "UTC";
  const timeOf = (at: number | null | undefined): string => (at == null ? "" : toFieldTime(at, zone));
  const catchUp = schedule.catchUp as unknown as CatchUpPolicy | undefined;
  return {
    ...newDraft(zone),
    kind: spec.kind,
    slug: schedule.slug ?? "",
    active: schedule.active,
    ...(spec.kind === "cron" ? { cron: spec.cron, dayOr: spec.dayOr !== false } : {}),
    ...(spec.kind === "interval" ? { ...toEvery(spec.everyMs), anchor: timeOf(spec.anchorAt) } : {}),
    ...(spec.kind === "rrule" ? { rrule: spec.rrule } : {}),
    ...(spec.kind === "dates" ? { dates: spec.at.map(timeOf).join("\n") } : {}),
    start: timeOf(schedule.startAt),
    end: timeOf(schedule.endAt),
    jitterSeconds: schedule.jitterMs === undefined || schedule.jitterMs === 0 ? "" : String(schedule.jitterMs / 1000),
    catchUp: catchUp?.policy ?? "skip",
    ...(catchUp?.policy === "all" ? { catchUpMax: String(catchUp.max) } : {}),
    parameters: schedule.parameters ?? {},
  };
}

function toEvery(everyMs: number): Pick<ScheduleDraft, "every" | "unit"> {
  const names: readonly Unit[] = ["week", "day", "hour", "minute"];
  const unit = names.find((name) => everyMs % units[name] === 0) ?? "second";
  return { every: String(everyMs / units[unit]), unit };
}

/** What is asked of the server as one types; faults where it need not be asked. */
export function toSchedule(draft: ScheduleDraft): { readonly schedule: ScheduleToSave; readonly faults: DraftFaults } {
  const faults: Partial<Record<DraftField, string>> = {};
  const zone = isZone(draft.timezone) ? draft.timezone : "UTC";
  const timeOf = (field: "anchor" | "start" | "end"): number | undefined => {
    if (draft[field].trim() === "") return undefined;
    const at = fromFieldTime(draft[field], zone);
    if (at === null) faults[field] = "Write a day and a time: 2026-11-26T06:00.";
    return at ?? undefined;
  };
  const numberOf = (field: "every" | "jitterSeconds" | "catchUpMax", least: number): number => {
    const value = Number(draft[field]);
    if (Number.isFinite(value) && value >= least) return value;
    faults[field] = `Give a number of at least ${least}.`;
    return least;
  };
  const spec = toSpec();
  const startAt = timeOf("start");
  const endAt = timeOf("end");
  const jitterMs = draft.jitterSeconds.trim() === "" ? 0 : Math.round(numberOf("jitterSeconds", 0) * 1000);
  const catchUp: CatchUpPolicy =
    draft.catchUp === "all" ? { policy: "all", max: Math.floor(numberOf("catchUpMax", 1)) } : { policy: draft.catchUp };
  return {
    faults,
    schedule: {
      slug: draft.slug.trim() === "" ? null : draft.slug.trim(),
      active: draft.active,
      spec: spec as unknown as JsonObject,
      parameters: draft.parameters,
      jitterMs,
      catchUp: catchUp as unknown as JsonObject,
      startAt: startAt ?? null,
      endAt: endAt ?? null,
    },
  };

  function toSpec(): ScheduleSpec {
    // The server knows which zones there are, and says so.
    const timezone = draft.timezone.trim() === "" ? "UTC" : draft.timezone.trim();
    switch (draft.kind) {
      case "cron":
        return { kind: "cron", cron: draft.cron.trim(), timezone, ...(draft.dayOr ? {} : { dayOr: false }) };
      case "interval": {
        const anchorAt = timeOf("anchor");
        const everyMs = Math.round(numberOf("every", 0) * units[draft.unit]);
        return { kind: "interval", everyMs, timezone, ...(anchorAt === undefined ? {} : { anchorAt }) };
      }
      case "rrule":
        return { kind: "rrule", rrule: draft.rrule.trim(), timezone };
      case "dates": {
        const lines = draft.dates.split("\n").filter((line) => line.trim() !== "");
        const at = lines.map((line) => fromFieldTime(line, zone));
        if (at.length === 0) faults.dates = "Write the times, one a line: 2026-11-26T06:00.";
        const wrong = lines[at.indexOf(null)];
        if (wrong !== undefined) faults.dates = `“${wrong}” is no time. Write it so: 2026-11-26T06:00.`;
        return { kind: "dates", at: at.filter((each) => each !== null) };
      }
    }
  }
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}
