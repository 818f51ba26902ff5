/** The task runs of a run by the tasks that they are of, what needs a person first. */

import type { Condition, TaskCount } from "millrace/client";
import { families, type Family, lookOf } from "../../../states/families.ts";
import { familyConditions } from "../../runs/runs-search.ts";

export type FamilyCounts = Readonly<Partial<Record<Family, number>>>;

export interface TaskGroup {
  readonly taskName: string;
  readonly counts: FamilyCounts;
  readonly total: number;
  readonly firstStartedAt: number | null;
  readonly lastEndedAt: number | null;
}

/** In the order in which tasks were first called, but those first that failed, and then those that wait for somebody. */
export function toGroups(counts: readonly TaskCount[]): readonly TaskGroup[] {
  const groups = new Map<string, TaskGroup>();
  for (const { taskName, stateType, stateName, count, firstStartedAt, lastEndedAt } of counts) {
    const before = groups.get(taskName);
    const { family } = lookOf({ type: stateType, name: stateName });
    groups.set(taskName, {
      taskName,
      counts: { ...before?.counts, [family]: (before?.counts[family] ?? 0) + count },
      total: (before?.total ?? 0) + count,
      firstStartedAt: least(before?.firstStartedAt ?? null, firstStartedAt),
      lastEndedAt: most(before?.lastEndedAt ?? null, lastEndedAt),
    });
  }
  return [...groups.values()].sort((a, b) => urgency(a) - urgency(b));
}

function urgency({ counts }: TaskGroup): number {
  const found = families.findIndex((family) => (counts[family] ?? 0) > 0);
  // What runs, waits or is done stays in its order.
  return Math.min(found === -1 ? families.length : found, families.indexOf("running"));
}

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function most(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

export interface TasksSearch {
  /** In the name of the task run or its task. */
  readonly name?: string;
  /** Families of states; none: all. */
  readonly state?: readonly Family[];
}

export function readTasksSearch(given: Readonly<Record<string, unknown>>): TasksSearch {
  const state = [given.state].flat().filter((each): each is Family => families.includes(each as Family));
  const name = typeof given.name === "number" ? String(given.name) : given.name;
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(state.length === 0 ? {} : { state }),
  };
}

export function toNameCondition(flowRunId: string, name: string | undefined): Condition {
  return {
    all: [
      { field: "flowRunId", in: [flowRunId] },
      ...(name === undefined
        ? []
        : [
            {
              any: [
                { field: "name", contains: name },
                { field: "taskName", contains: name },
              ],
            },
          ]),
    ],
  };
}

/** Task runs of one task whose states are of one family. */
export interface Segment {
  readonly taskName: string;
  readonly family: Family;
}

export function toSegmentCondition(
  flowRunId: string,
  name: string | undefined,
  { taskName, family }: Segment,
): Condition {
  return {
    all: [toNameCondition(flowRunId, name), { field: "taskName", in: [taskName] }, familyConditions[family]],
  };
}

/** A row of the list: a task, or one of its runs by its place among those of a segment. */
export type TaskRow =
  | { readonly group: TaskGroup; readonly isOpen: boolean; readonly shown: number }
  | { readonly segment: Segment; readonly place: number };

export interface TaskRows {
  readonly count: number;
  rowAt(index: number): TaskRow | null;
}

/** Rows by their index, found and not made: there may be a hundred thousand. */
export function createTaskRows(props: {
  readonly groups: readonly TaskGroup[];
  readonly chosen: readonly Family[];
  readonly isOpen: (group: TaskGroup) => boolean;
}): TaskRows {
  const { groups, chosen, isOpen } = props;
  const blocks: { readonly start: number; readonly length: number; readonly row: (at: number) => TaskRow }[] = [];
  let count = 0;
  const add = (length: number, row: (at: number) => TaskRow): void => {
    if (length === 0) return;
    blocks.push({ start: count, length, row });
    count += length;
  };
  const shownFamilies = families.filter((family) => chosen.length === 0 || chosen.includes(family));
  for (const group of groups) {
    const shown = shownFamilies.reduce((sum, family) => sum + (group.counts[family] ?? 0), 0);
    if (shown === 0) continue;
    const isGroupOpen = isOpen(group);
    add(1, () => ({ group, isOpen: isGroupOpen, shown }));
    if (!isGroupOpen) continue;
    for (const family of shownFamilies) {
      const segment = { taskName: group.taskName, family };
      add(group.counts[family] ?? 0, (place) => ({ segment, place }));
    }
  }
  return {
    count,
    rowAt(index) {
      let low = 0;
      let high = blocks.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((blocks[middle]?.start ?? 0) <= index) low = middle;
        else high = middle - 1;
      }
      const block = blocks[low];
      return block === undefined || index >= block.start + block.length ? null : block.row(index - block.start);
    },
  };
}
