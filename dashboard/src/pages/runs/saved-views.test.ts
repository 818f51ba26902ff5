import { expect, test } from "vitest";
import { isSameSearch, toFilters, toView } from "./saved-views.ts";

const base = { id: "1", revision: 1, createdAt: 0, updatedAt: 0, name: "Broken today" };

test("a view goes to the ledger and back", () => {
  const search = { state: ["failed"], since: "24h" } as const;
  const filters = JSON.parse(JSON.stringify(toFilters(search, true))) as unknown;
  expect(toView({ ...base, filters })).toEqual({ id: "1", revision: 1, name: "Broken today", search, isDefault: true });
});

test.each([null, [], [{ object: "flow_run" }], {}, { kind: "millrace.runs-view" }, "x"])("%j is no view", (filters) => {
  expect(toView({ ...base, filters })).toBeNull();
});

test("what is none of ours in a view is left out", () => {
  const filters = { kind: "millrace.runs-view", search: { state: ["failed", "odd"], since: "never", q: 3 } };
  expect(toView({ ...base, filters })?.search).toEqual({ state: ["failed"], q: "3" });
});

test("the order of filters does not matter", () => {
  expect(isSameSearch({ flow: "a", state: ["failed", "crashed"] }, { state: ["crashed", "failed"], flow: "a" })).toBe(
    true,
  );
  expect(isSameSearch({ flow: "a" }, { flow: "b" })).toBe(false);
});
