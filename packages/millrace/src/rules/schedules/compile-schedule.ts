import type { ScheduleSpec } from "../../contract/schedules.ts";
import { createCronWalls } from "./cron-walls.ts";
import { intervalTimes } from "./interval-times.ts";
import { parseCron } from "./parse-cron.ts";
import { compileRruleSet } from "./rrule-set.ts";
import type { StepBudget } from "./step-budget.ts";
import { zoneOf } from "./zone.ts";
import { zonedTimes } from "./zoned-times.ts";

/** A schedule that has been read. */
export interface CompiledSchedule {
  /** Its times after one, in ms UTC, ascending; perhaps without end. */
  after(afterMs: number, budget: StepBudget): Iterator<number, void>;
}

/** Reading a text costs more than finding its next time, so what was read is kept; the oldest goes when it is full. */
const maxKept = 20_000;
const kept = new Map<string, CompiledSchedule>();

/**
 * @param seed what `H` in a cron expression is chosen by
 * @throws SCHEDULE_INVALID when its text, its zone or a number is not valid
 */
export function compileSchedule(spec: ScheduleSpec, seed?: string): CompiledSchedule {
  switch (spec.kind) {
    case "cron":
      return keep([spec.kind, spec.cron, spec.timezone, spec.dayOr, seed], () => {
        const rule = createCronWalls(parseCron(spec.cron, { dayOr: spec.dayOr, seed }));
        const zone = zoneOf(spec.timezone ?? "UTC");
        return { after: (afterMs, budget) => zonedTimes({ rule, zone, afterMs, budget }) };
      });
    case "rrule":
      return keep([spec.kind, spec.rrule, spec.timezone], () => {
        const { walls, zone } = compileRruleSet(spec.rrule, { timezone: spec.timezone });
        return { after: (afterMs, budget) => zonedTimes({ rule: walls, zone, afterMs, budget }) };
      });
    case "interval":
      return { after: (afterMs) => intervalTimes(spec, afterMs) };
    case "dates":
      return { after: (afterMs) => ascending(spec.at.filter((atMs) => atMs > afterMs)) };
  }
}

function keep(parts: readonly unknown[], compile: () => CompiledSchedule): CompiledSchedule {
  const key = JSON.stringify(parts);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const compiled = compile();
  if (kept.size >= maxKept) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;
  kept.set(key, compiled);
  return compiled;
}

function ascending(times: readonly number[]): Iterator<number, void> {
  return [...new Set(times)].sort((a, b) => a - b).values();
}
