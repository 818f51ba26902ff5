import { expect, test } from "vitest";
import { isShown, readEventsSearch, toNamePrefixes, toResourcePrefixes, toStart } from "./events-search.ts";

const id = "01a213fb-79a3-76c7-a5d9-dea0f4a1d493";

test("what is none of ours is left out of the address", () => {
  expect(readEventsSearch({ name: "order.", kind: "nonsense", since: "1y", event: 7 })).toEqual({
    name: "order.",
    event: "7",
  });
});

test("a name is found with and without what ours begin with", () => {
  expect(toNamePrefixes({})).toEqual([]);
  expect(toNamePrefixes({ name: "flow-run.F*" })).toEqual(["flow-run.F", "millrace.flow-run.F"]);
  expect(toNamePrefixes({ name: "millrace.task" })).toEqual(["millrace.task"]);
  expect(toNamePrefixes({ name: "*" })).toEqual([]);
});

test("a resource is found by its id, or by the id of what it is", () => {
  expect(toResourcePrefixes({ kind: "deployment" })).toEqual(["millrace.deployment."]);
  expect(toResourcePrefixes({ kind: "deployment", resource: id })).toEqual([`millrace.deployment.${id}`]);
  expect(toResourcePrefixes({ resource: "order.A" })).toEqual(["order.A"]);
  expect(toResourcePrefixes({ resource: id })).toContain(`millrace.task-run.${id}`);
});

test("an event that comes in is held against the same", () => {
  const event = { name: "millrace.flow-run.Failed", resource: { id: `millrace.flow-run.${id}` } };
  expect(isShown(event, {})).toBe(true);
  expect(isShown(event, { name: "flow-run.Failed", kind: "flow-run" })).toBe(true);
  expect(isShown(event, { kind: "task-run" })).toBe(false);
  expect(isShown(event, { name: "order." })).toBe(false);
});

test("the time begins at a whole minute", () => {
  expect(toStart({ since: "1h" }, 3_600_000 + 61_000)).toBe(60_000);
  expect(toStart({ since: "all" }, 1)).toBeNull();
});
