/**
 * Task runs by what they are of: one group a task, under the group in whose bodies it was called. A row for each task run
 * cannot be read above a few hundred; how many of a group run at a time can.
 */

import { families } from "../../../states/families.ts";
import type { Columns } from "./columns.ts";

export interface Group {
  readonly id: number;
  /** Of the group around it; -1 for those of the flow's own body. */
  readonly parent: number;
  readonly depth: number;
  readonly taskName: string;
  /** Rows of the columns, by their beginnings. */
  readonly rows: readonly number[];
  readonly children: readonly number[];
  /** How many are in each family, in the order of `families`. */
  readonly counts: readonly number[];
  readonly firstAt: number;
}

export function toGroups(columns: Columns): readonly Group[] {
  interface Growing {
    id: number;
    parent: number;
    depth: number;
    taskName: string;
    rows: number[];
    children: number[];
    counts: number[];
    firstAt: number;
  }
  const groups: Growing[] = [];
  const known = new Map<string, number>();
  const groupOf = new Int32Array(columns.length).fill(-2);

  const find = (index: number): number => {
    const found = groupOf[index] ?? -2;
    if (found !== -2) return found;
    // A row that would be its own ancestor is taken to be the flow's own.
    groupOf[index] = -1;
    const above = columns.parents[index] ?? -1;
    const parent = above === -1 ? -1 : find(above);
    const task = columns.tasks[index] ?? 0;
    const key = `${parent} ${task}`;
    let id = known.get(key);
    if (id === undefined) {
      id = groups.length;
      known.set(key, id);
      const depth = parent === -1 ? 0 : (groups[parent]?.depth ?? 0) + 1;
      const taskName = columns.taskNames[task] ?? "";
      groups.push({
        id,
        parent,
        depth,
        taskName,
        rows: [],
        children: [],
        counts: families.map(() => 0),
        firstAt: Number.POSITIVE_INFINITY,
      });
      if (parent !== -1) groups[parent]?.children.push(id);
    }
    groupOf[index] = id;
    return id;
  };

  for (let index = 0; index < columns.length; index++) {
    const group = groups[find(index)];
    if (group === undefined) continue;
    group.rows.push(index);
    const family = columns.families[index] ?? 0;
    group.counts[family] = (group.counts[family] ?? 0) + 1;
    group.firstAt = Math.min(group.firstAt, columns.starts[index] ?? 0);
  }
  for (const { rows } of groups) rows.sort((a, b) => (columns.starts[a] ?? 0) - (columns.starts[b] ?? 0));
  return groups;
}
