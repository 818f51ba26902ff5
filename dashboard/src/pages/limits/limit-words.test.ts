import type { ConcurrencyLimit } from "millrace/client";
import { expect, test } from "vitest";
import { believedWaiting, kindOf, limitCommand, ownName, toHolder } from "./limit-words.ts";

const limit: ConcurrencyLimit = {
  id: "1",
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
  name: "tag:database",
  active: true,
  slots: 2,
  taken: 2,
  takenAt: 10_000,
  decayPerSecond: 0,
  denied: 4,
  averageSeconds: 2,
};

test("limits of tags have commands of their own", () => {
  expect(kindOf(limit)).toBe("tag");
  expect(ownName(limit)).toBe("database");
  expect(limitCommand(limit, "reset")).toBe("millrace concurrency-limit reset database");
  expect(limitCommand({ name: "their api" }, "delete")).toBe("millrace global-concurrency-limit delete 'their api'");
});

test("what waits is believed to shrink as fast as slots come free", () => {
  expect(believedWaiting(limit, 10_000)).toBe(4);
  expect(believedWaiting(limit, 12_000)).toBe(2);
  expect(believedWaiting(limit, 60_000)).toBe(0);
  expect(believedWaiting({ ...limit, decayPerSecond: 1 }, 12_000)).toBe(2);
  // A clock that is behind changes nothing.
  expect(believedWaiting(limit, 0)).toBe(4);
});

test("a holder is a kind and an id", () => {
  expect(toHolder("flow-run:abc")).toEqual({ kind: "flow-run", id: "abc" });
  expect(toHolder("task_run:abc")).toEqual({ kind: "task-run", id: "abc" });
  expect(toHolder("")).toBeNull();
  expect(toHolder("nobody")).toBeNull();
});
