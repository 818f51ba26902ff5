/** What the timeline lists from top to bottom: groups, task runs or lanes, with how high each is. */

import type { Columns } from "./columns.ts";
import type { TaskDensity } from "./density.ts";
import { type Group, toGroups } from "./groups.ts";
import { toLanes } from "./lanes.ts";

export type TimelineMode = "grouped" | "rows" | "lanes";
export type TimelineSort = "start" | "duration" | "failed";

/** One task run that is shown by itself. */
interface RowItem {
  readonly kind: "row";
  readonly key: string;
  readonly depth: number;
  readonly columns: Columns;
  readonly index: number;
  /** Null where there is nothing in it to show. */
  readonly isOpen: boolean | null;
}

interface GroupItem {
  readonly kind: "group";
  readonly key: string;
  readonly depth: number;
  readonly columns: Columns;
  readonly group: Group;
  readonly isOpen: boolean;
}

interface LaneItem {
  readonly kind: "lane";
  readonly key: string;
  readonly depth: 0;
  readonly columns: Columns;
  readonly lane: number;
  readonly rows: readonly number[];
}

/** A task of which there are too many task runs to have them all here. */
interface DensityItem {
  readonly kind: "density";
  readonly key: string;
  readonly depth: 0;
  readonly density: TaskDensity;
}

/** In place of the task runs of a subflow: why they are not here. */
interface NoteItem {
  readonly kind: "note";
  readonly key: string;
  readonly depth: number;
  readonly text: string;
  readonly flowRunId: string;
}

export type Item = RowItem | GroupItem | LaneItem | DensityItem | NoteItem;

/** A subflow that is open: its task runs, or why they are not shown. */
export type Subflow =
  | { readonly kind: "read"; readonly columns: Columns }
  | { readonly kind: "note"; readonly text: string };

export interface ItemList {
  readonly items: readonly Item[];
  /** Where each begins, in pixels, and after the last one where all end. */
  readonly tops: Float64Array;
}

export const groupHeight = 34;
/** Of what can be pressed, so no less than 24. */
export const rowHeight = 24;
export const laneHeight = 10;

export interface ItemOptions {
  readonly mode: TimelineMode;
  readonly sort: TimelineSort;
  /** Keys of groups that show what is in them, of rows that hide it, and of subflows that show their own task runs. */
  readonly toggled: ReadonlySet<string>;
  /** By flow run, as far as they were read. */
  readonly subflows: ReadonlyMap<string, Subflow>;
  readonly now: number;
}

export function listItems(columns: Columns, options: ItemOptions): ItemList {
  const items: Item[] = [];
  if (options.mode === "lanes") {
    for (const [lane, rows] of toLanes(columns, options.now).entries()) {
      items.push({ kind: "lane", columns, lane, rows, depth: 0, key: `lane ${lane}` });
    }
  } else addItems(items, columns, options, 0);
  return stack(items);
}

export function listDensities(densities: readonly TaskDensity[]): ItemList {
  return stack(densities.map((density) => ({ kind: "density", key: density.taskName, depth: 0, density })));
}

function stack(items: readonly Item[]): ItemList {
  const tops = new Float64Array(items.length + 1);
  for (const [index, item] of items.entries()) tops[index + 1] = (tops[index] ?? 0) + heightOf(item);
  return { items, tops };
}

export function heightOf(item: Item): number {
  switch (item.kind) {
    case "group":
    case "density":
      return groupHeight;
    case "row":
    case "note":
      return rowHeight;
    case "lane":
      return laneHeight;
  }
}

/** The item at a height. */
export function findItem({ items, tops }: ItemList, y: number): number {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Subflows in subflows are shown so deep: further in there is no room for a name. */
const maxDepth = 24;

function addItems(items: Item[], columns: Columns, options: ItemOptions, depth: number): void {
  if (options.mode === "grouped") return addGroups(items, columns, options, depth);
  const children = childrenOf(columns);
  const add = (rows: readonly number[], at: number): void => {
    for (const index of rows) {
      const below = children.get(index) ?? [];
      addRow(items, columns, index, { depth: at, options, hasChildren: below.length > 0 });
      if (below.length > 0 && !options.toggled.has(keyOfRow(columns, index)))
        add(sortRows(columns, below, options), at + 1);
    }
  };
  add(sortRows(columns, children.get(-1) ?? [], options), depth);
}

function addGroups(items: Item[], columns: Columns, options: ItemOptions, depth: number): void {
  const groups = toGroups(columns);
  const add = (those: readonly Group[], path: string): void => {
    for (const group of those) {
      // The same whenever the page is opened: it stands in the address.
      const key = `${path} / ${group.taskName}`;
      // One task run of a task is shown as it is.
      const [only] = group.rows;
      const isAlone = group.rows.length === 1 && only !== undefined;
      if (isAlone) addRow(items, columns, only, { depth: depth + group.depth, options, hasChildren: false });
      const isOpen = options.toggled.has(key);
      if (!isAlone) items.push({ kind: "group", columns, group, depth: depth + group.depth, isOpen, key });
      add(
        sortGroups(
          columns,
          group.children.flatMap((id) => groups[id] ?? []),
          options,
        ),
        key,
      );
      if (isAlone || !isOpen) continue;
      for (const index of sortRows(columns, group.rows, options)) {
        addRow(items, columns, index, { depth: depth + group.depth + 1, options, hasChildren: false });
      }
    }
  };
  add(
    sortGroups(
      columns,
      groups.filter(({ parent }) => parent === -1),
      options,
    ),
    columns.flowRunId,
  );
}

function addRow(
  items: Item[],
  columns: Columns,
  index: number,
  {
    depth,
    options,
    hasChildren,
  }: { readonly depth: number; readonly options: ItemOptions; readonly hasChildren: boolean },
): void {
  const key = keyOfRow(columns, index);
  const childId = columns.childFlowRunIds[index] ?? null;
  const isToggled = options.toggled.has(key);
  const isOpen = childId === null ? (hasChildren ? !isToggled : null) : isToggled;
  items.push({ kind: "row", columns, index, depth, key, isOpen });
  const subflow = childId === null || !isToggled ? undefined : options.subflows.get(childId);
  if (childId === null || subflow === undefined) return;
  const below = depth + 1;
  if (subflow.kind === "read" && below <= maxDepth) return addItems(items, subflow.columns, options, below);
  const text = subflow.kind === "note" ? subflow.text : "It is in too many others to be shown in place.";
  items.push({ kind: "note", key: `${key} note`, depth: below, text, flowRunId: childId });
}

const keyOfRow = (columns: Columns, index: number): string => columns.ids[index] ?? "";

function childrenOf(columns: Columns): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (let index = 0; index < columns.length; index++) {
    const parent = columns.parents[index] ?? -1;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [index]);
    else known.push(index);
  }
  return children;
}

const duration = (columns: Columns, index: number, now: number): number =>
  Math.min(columns.ends[index] ?? 0, now) - (columns.starts[index] ?? 0);

function sortRows(columns: Columns, rows: readonly number[], { sort, now }: ItemOptions): readonly number[] {
  const byStart = (a: number, b: number): number => (columns.starts[a] ?? 0) - (columns.starts[b] ?? 0);
  switch (sort) {
    case "start":
      return rows.toSorted(byStart);
    case "duration":
      return rows.toSorted((a, b) => duration(columns, b, now) - duration(columns, a, now));
    case "failed":
      // Families are in the order of what needs a person.
      return rows.toSorted((a, b) => (columns.families[a] ?? 0) - (columns.families[b] ?? 0) || byStart(a, b));
  }
}

function sortGroups(columns: Columns, groups: readonly Group[], { sort, now }: ItemOptions): readonly Group[] {
  switch (sort) {
    case "start":
      return groups.toSorted((a, b) => a.firstAt - b.firstAt);
    case "duration": {
      const total = ({ rows }: Group): number => rows.reduce((sum, index) => sum + duration(columns, index, now), 0);
      return groups.toSorted((a, b) => total(b) - total(a));
    }
    case "failed": {
      const bad = ({ counts }: Group): number => (counts[0] ?? 0) + (counts[1] ?? 0);
      return groups.toSorted((a, b) => bad(b) - bad(a) || a.firstAt - b.firstAt);
    }
  }
}
