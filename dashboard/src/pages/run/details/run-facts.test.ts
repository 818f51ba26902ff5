import type { FlowRun } from "millrace/client";
import { expect, test } from "vitest";
import { toPrettyJson } from "./pretty-json.ts";
import { environmentFacts, toCreator } from "./run-facts.ts";

test("a run that has not run yet says so, and one that has says where", () => {
  expect(environmentFacts({ environment: {} } as FlowRun)).toEqual([
    ["Environment", "not recorded: it has not run yet"],
  ]);
  const git = { commit: "0123456789abcdef", branch: "main", dirty: true };
  expect(environmentFacts({ environment: { host: "h", git } } as FlowRun)).toEqual([
    ["Host", "h"],
    ["Commit", "0123456789ab on main with changes that were not committed"],
  ]);
});

test("who made it, of whatever is kept", () => {
  const of = (createdBy: unknown, autoScheduled = false): string | null =>
    toCreator({ extra: { createdBy }, autoScheduled } as FlowRun);
  expect(of({ type: "USER", displayValue: "ann" })).toBe("user ann");
  expect(of(null, true)).toBe("a schedule");
  expect(of("odd")).toBeNull();
});

test("what is no JSON is shown as it is", () => {
  expect(toPrettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(toPrettyJson("{cut off")).toBe("{cut off");
});
