import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTerminal, type StateType, stateTypes } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { droppedByRetry, droppedByStartingFrom } from "./dropped-by-retry.ts";

interface Sketch {
  readonly id: string;
  readonly type?: StateType;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly parent?: string;
  readonly seq?: number;
}

function record({ id, type = "COMPLETED", name = "Completed", inputs = [], parent, seq = 0 }: Sketch): TaskRun {
  const state = { type, name, at: 1 };
  return {
    id,
    flowRunId: "run",
    parentId: parent ?? null,
    kind: "task",
    taskName: id,
    name: id,
    key: `${id}#~0`,
    inputDigest: null,
    state,
    history: [state],
    inputs: inputs.map((taskRunId) => ({ parameter: "x", taskRunId })),
    inputPreview: null,
    tags: [],
    attempt: 1,
    reason: "ran",
    reasonDetail: null,
    cacheKey: null,
    codeHash: null,
    childFlowRunId: null,
    createdAt: 1,
    startedAt: 1,
    endedAt: 2,
    result: null,
    error: null,
    extra: null,
    seq,
  };
}

const dropped = (...sketches: readonly Sketch[]): string[] => [...droppedByRetry(sketches.map(record))].toSorted();

describe("a retry drops", () => {
  test("nothing where everything completed or still runs", () => {
    expect(
      dropped({ id: "a" }, { id: "b", inputs: ["a"] }, { id: "c", type: "RUNNING" }, { id: "d", name: "Cached" }),
    ).toEqual([]);
  });

  test.each<StateType>(["FAILED", "CRASHED", "CANCELLED"])("what ended %s", (type) => {
    expect(dropped({ id: "a" }, { id: "b", type })).toEqual(["b"]);
  });

  test("what was undone with its transaction", () => {
    expect(dropped({ id: "a", name: "RolledBack" }, { id: "b", inputs: ["a"] })).toEqual(["a", "b"]);
  });

  test("what depended on a failure, however far, and nothing else", () => {
    expect(
      dropped(
        { id: "last", inputs: ["middle"] },
        { id: "middle", inputs: ["load", "failed"] },
        { id: "failed", type: "FAILED", inputs: ["load"] },
        { id: "load" },
        { id: "other", inputs: ["load"] },
      ),
    ).toEqual(["failed", "last", "middle"]);
  });

  test("a parent that did not complete, and not its other children", () => {
    expect(
      dropped(
        { id: "parent", type: "RUNNING" },
        { id: "child", parent: "parent", type: "FAILED" },
        { id: "sibling", parent: "parent" },
      ),
    ).toEqual(["child", "parent"]);
  });

  test("not a parent that completed in spite of its child", () => {
    expect(
      dropped({ id: "parent" }, { id: "child", parent: "parent", type: "FAILED" }, { id: "after", inputs: ["parent"] }),
    ).toEqual(["child"]);
  });
});

describe("starting from a step drops", () => {
  const records = [
    { id: "load", seq: 1 },
    { id: "train", seq: 2, inputs: ["load"] },
    { id: "fit", seq: 3, parent: "train" },
    { id: "report", seq: 4, inputs: ["train"] },
    { id: "notify", seq: 5 },
    { id: "nested", seq: 6, parent: "load" },
  ].map(record);
  const from = (id: string): string[] => {
    const start = records.find((each) => each.id === id);
    return start === undefined ? ["?"] : [...droppedByStartingFrom(records, start)].toSorted();
  };

  test("the step, what depends on it, and what began after it in its scope", () => {
    expect(from("report")).toEqual(["notify", "report"]);
    expect(from("train")).toEqual(expect.arrayContaining(["notify", "report", "train"]));
    expect(from("train")).not.toContain("load");
  });

  test("what depends on it in another scope", () => {
    const nested = [...records, record({ id: "deep", seq: 0, parent: "load", inputs: ["train"] })];
    const start = nested[1];
    expect(start === undefined ? [] : [...droppedByStartingFrom(nested, start)]).toContain("deep");
  });
});

/** Runs whose task runs take earlier ones as inputs, inside earlier ones. */
const runs = fc
  .array(
    fc.record({
      type: fc.constantFrom(...stateTypes),
      isRolledBack: fc.boolean(),
      inputs: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
      parent: fc.option(fc.nat({ max: 30 })),
    }),
    { maxLength: 30 },
  )
  .map((sketches) =>
    sketches.map(({ type, isRolledBack, inputs, parent }, index) =>
      record({
        id: `t${index}`,
        type,
        name: type === "COMPLETED" && isRolledBack && index % 4 === 0 ? "RolledBack" : "Any",
        inputs: inputs.filter((input) => input < index).map((input) => `t${input}`),
        ...(parent !== null && parent < index ? { parent: `t${parent}` } : {}),
        seq: index,
      }),
    ),
  );

describe("of any run, a retry", () => {
  const isFailure = ({ state }: TaskRun): boolean =>
    isTerminal(state.type) && (state.type !== "COMPLETED" || state.name === "RolledBack");

  test("drops every failure, and everything it drops is one, depends on one, or holds one", () => {
    fc.assert(
      fc.property(runs, (records) => {
        const found = droppedByRetry(records);
        const reasons = (one: TaskRun): boolean =>
          isFailure(one) ||
          one.inputs.some(({ taskRunId }) => found.has(taskRunId)) ||
          records.some((child) => child.parentId === one.id && found.has(child.id));
        expect(records.filter(isFailure).every(({ id }) => found.has(id))).toBe(true);
        expect(records.filter(({ id }) => found.has(id)).every(reasons)).toBe(true);
      }),
    );
  });

  test("keeps nothing that took a dropped input, and no unfinished parent of a dropped child", () => {
    fc.assert(
      fc.property(runs, (records) => {
        const found = droppedByRetry(records);
        const byId = new Map(records.map((one) => [one.id, one]));
        for (const one of records) {
          const parent = byId.get(one.parentId ?? "");
          const isHeld = found.has(one.id) && parent !== undefined && parent.state.type !== "COMPLETED";
          expect(isHeld && !found.has(parent.id)).toBe(false);
          expect(!found.has(one.id) && one.inputs.some(({ taskRunId }) => found.has(taskRunId))).toBe(false);
        }
      }),
    );
  });

  test("drops the same whatever the order of the records", () => {
    fc.assert(
      fc.property(runs, (records) => {
        expect(droppedByRetry(records.toReversed())).toEqual(droppedByRetry(records));
      }),
    );
  });
});
