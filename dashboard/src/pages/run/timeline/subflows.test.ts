import { expect, test } from "vitest";
import { type Columns, toColumns } from "./columns.ts";
import { listItems, type Subflow } from "./items.ts";
import { findSubflows } from "./subflows.ts";

/** A run whose task runs are called as it is, and call these. */
function calls(flowRunId: string, children: readonly (string | null)[]): Columns {
  const each = <T>(value: T): readonly T[] => children.map(() => value);
  const columns = toColumns({
    flowRunId,
    readAt: 100,
    eventSeq: 1,
    total: children.length,
    count: children.length,
    firstAt: 0,
    lastAt: 1,
    taskNames: ["call"],
    density: null,
    rows: {
      ids: children.map((_, index) => `${flowRunId}.${index}`),
      names: children.map((_, index) => `${flowRunId}.${index}`),
      tasks: each(0),
      parents: each(null),
      parentIds: each(null),
      childFlowRunIds: children,
      stateTypes: each("COMPLETED"),
      stateNames: each("Completed"),
      starts: children.map((_, index) => index),
      ends: each(1),
      waits: each(0),
      interrupted: [],
      turns: [],
    },
  });
  if (columns === null) throw new Error("There are rows.");
  return columns;
}

/** Runs within one another, so deep. */
const nested = (depth: number): readonly Columns[] =>
  Array.from({ length: depth }, (_, at) => calls(`run-${at}`, [at + 1 < depth ? `run-${at + 1}` : null]));
const opened = (runs: readonly Columns[]): ReadonlySet<string> => new Set(runs.flatMap(({ ids }) => ids));

test("subflows in subflows are shown in place, however deep", () => {
  const runs = nested(9);
  const [own = null, ...others] = runs;
  const known = new Map<string, Columns>();
  // As the page does: what has been read shows what is read next.
  for (const _ of runs) {
    const { shown } = findSubflows(own, { toggled: opened(runs), read: (id) => known.get(id) ?? null });
    for (const id of shown) known.set(id, others.find(({ flowRunId }) => flowRunId === id) ?? calls(id, []));
  }
  expect([...known.keys()]).toEqual(others.map(({ flowRunId }) => flowRunId));

  const subflows = new Map(Array.from(known, ([id, columns]): [string, Subflow] => [id, { kind: "read", columns }]));
  const { items } = listItems(own ?? calls("", []), {
    mode: "rows",
    sort: "start",
    toggled: opened(runs),
    subflows,
    now: 100,
  });
  expect(items.map(({ key, depth }) => [key, depth])).toEqual(runs.map((_, at) => [`run-${at}.0`, at]));
});

test("one that is closed hides those in it, and one that calls itself comes to an end", () => {
  const runs = nested(4);
  const [own = null] = runs;
  const read = (id: string): Columns | null => runs.find(({ flowRunId }) => flowRunId === id) ?? null;
  const toggled = new Set(["run-0.0", "run-2.0"]);
  expect(findSubflows(own, { toggled, read }).shown).toEqual(["run-1"]);
  const self = calls("run-0", ["run-0"]);
  expect(findSubflows(self, { toggled: opened([self]), read: () => self }).shown).toEqual(["run-0"]);
});

test("one too many, and one that is too big, are told in their place", () => {
  const many = calls(
    "run",
    Array.from({ length: 60 }, (_, index) => `child-${index}`),
  );
  const { shown, left } = findSubflows(many, { toggled: opened([many]), read: () => null });
  expect([shown.length, left.length]).toEqual([50, 10]);

  const one = calls("run", ["big", null]);
  const subflows = new Map<string, Subflow>([["big", { kind: "note", text: "too many" }]]);
  const { items } = listItems(one, { mode: "rows", sort: "start", toggled: opened([one]), subflows, now: 100 });
  expect(items).toMatchObject([
    { kind: "row", isOpen: true },
    { kind: "note", flowRunId: "big", text: "too many", depth: 1 },
    { kind: "row" },
  ]);
});
