import type { TaskCount } from "millrace/client";
import { expect, test } from "vitest";
import { toReason } from "./reasons.ts";
import { createTaskRows, readTasksSearch, toGroups } from "./task-groups.ts";

function count(taskName: string, stateType: TaskCount["stateType"], count: number, stateName = "x"): TaskCount {
  return { taskName, stateType, stateName, count, firstStartedAt: count, lastEndedAt: count * 10 };
}

test("tasks with failures come first, and the others stay in their order", () => {
  const groups = toGroups([
    count("load", "COMPLETED", 2),
    count("embed", "RUNNING", 1),
    count("train", "COMPLETED", 3),
    count("train", "FAILED", 1),
    count("ask", "PAUSED", 1),
  ]);
  expect(groups.map(({ taskName }) => taskName)).toEqual(["train", "ask", "load", "embed"]);
  expect(groups[0]).toMatchObject({
    counts: { completed: 3, failed: 1 },
    total: 4,
    firstStartedAt: 1,
    lastEndedAt: 30,
  });
});

test("rows are the tasks, and below an open one its runs, those that failed first", () => {
  const groups = toGroups([count("a", "COMPLETED", 2), count("a", "FAILED", 1), count("b", "COMPLETED", 5)]);
  const rows = createTaskRows({ groups, chosen: [], isOpen: ({ taskName }) => taskName === "a" });
  expect(rows.count).toBe(5);
  expect(rows.rowAt(0)).toMatchObject({ group: { taskName: "a" }, isOpen: true, shown: 3 });
  expect(rows.rowAt(1)).toEqual({ segment: { taskName: "a", family: "failed" }, place: 0 });
  expect(rows.rowAt(3)).toEqual({ segment: { taskName: "a", family: "completed" }, place: 1 });
  expect(rows.rowAt(4)).toMatchObject({ group: { taskName: "b" }, isOpen: false });
  expect(rows.rowAt(5)).toBeNull();
});

test("states that are not chosen leave out their runs, and tasks without any", () => {
  const groups = toGroups([count("a", "COMPLETED", 2), count("a", "FAILED", 1), count("b", "COMPLETED", 5)]);
  const rows = createTaskRows({ groups, chosen: ["failed"], isOpen: () => true });
  expect(rows.count).toBe(2);
  expect(rows.rowAt(0)).toMatchObject({ shown: 1 });
});

test("what is none of ours in the address is left out", () => {
  expect(readTasksSearch({ name: 12, state: ["failed", "odd"] })).toEqual({ name: "12", state: ["failed"] });
  expect(readTasksSearch({ name: "", state: "odd" })).toEqual({});
});

test("what went wrong says more than how it came to run", () => {
  const state = { type: "FAILED", name: "Failed", at: 0 } as const;
  const error = { name: "Error", message: "no disk\nat all", code: null, stack: null, data: null };
  expect(toReason({ state, error, reason: "cache-miss", reasonDetail: "k" })).toBe("no disk");
  expect(toReason({ state, error: null, reason: "cache-hit", reasonDetail: "of run 1" })).toBe(
    "Taken from the cache: of run 1",
  );
  expect(toReason({ state: { ...state, message: "Died" }, error: null, reason: "ran", reasonDetail: null })).toBe(
    "Died",
  );
});
