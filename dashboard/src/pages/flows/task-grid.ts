/** The cells of a grid of tasks over runs: what stands in each, and what is said of it. */

import type { TaskGrid } from "millrace/client";
import { plural, toCount } from "../../format/number.ts";
import { toDateTime, toDuration } from "../../format/time.ts";
import { type Family, families, type GlyphName, lookOf, toWords } from "../../states/families.ts";

export interface Place {
  /** Places in the grid's own lists. */
  readonly task: number;
  readonly run: number;
}

export interface GridCell extends Place {
  /** By the names of states. */
  readonly counts: readonly (readonly [string, number])[];
  readonly total: number;
  readonly durationMs: number;
  /** Of what needs a person most. */
  readonly family: Family;
  readonly glyph: GlyphName;
}

export const keyOf = ({ task, run }: Place): string => `${task} ${run}`;

export function toGridCells({ cells }: TaskGrid): ReadonlyMap<string, GridCell> {
  const found = new Map<string, GridCell>();
  for (const [index, run] of cells.runs.entries()) {
    const task = cells.tasks[index] ?? 0;
    const type = cells.stateTypes[index] ?? "COMPLETED";
    const count = cells.counts[index] ?? 0;
    const key = keyOf({ task, run });
    const before = found.get(key);
    const name = cells.stateNames[index] ?? "";
    const look = lookOf({ type, name });
    const isWorse = before === undefined || families.indexOf(look.family) < families.indexOf(before.family);
    const { family, glyph } = isWorse ? look : before;
    found.set(key, {
      task,
      run,
      family,
      glyph,
      counts: [...(before?.counts ?? []), [name, count]],
      total: (before?.total ?? 0) + count,
      durationMs: (before?.durationMs ?? 0) + (cells.durationsMs[index] ?? 0),
    });
  }
  return found;
}

/** `load in calm-otter, 26 Nov 2026, 06:12:04: 12 task runs, 11 completed, 1 failed, 3.2s in all` */
export function toCellWords(grid: TaskGrid, place: Place, cell: GridCell | undefined, zone: string): string {
  const { runs, taskNames } = grid;
  const start = runs.starts[place.run];
  const where = `${taskNames[place.task] ?? ""} in ${runs.names[place.run] ?? ""}${start === undefined ? "" : `, ${toDateTime(start, zone)}`}`;
  if (cell === undefined) return `${where}: no task run`;
  const states = cell.counts.map(([name, count]) => `${toCount(count)} ${toWords(name).toLowerCase()}`);
  return `${where}: ${plural(cell.total, "task run")}, ${states.join(", ")}, ${toDuration(cell.durationMs)} in all`;
}

/** `calm-otter, 26 Nov 2026, 06:12:04: Failed, 3.2s` */
export function toRunWords({ runs }: TaskGrid, run: number, zone: string): string {
  const start = runs.starts[run];
  const duration = runs.durationsMs[run] ?? null;
  return `${runs.names[run] ?? ""}${start === undefined ? "" : `, ${toDateTime(start, zone)}`}: ${toWords(runs.stateNames[run] ?? "")}${duration === null ? "" : `, ${toDuration(duration)}`}`;
}
