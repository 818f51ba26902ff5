import { expect, test } from "vitest";
import { moved, readChoice } from "./column-choice.ts";

const columns = [
  { id: "name" },
  { id: "flow" },
  { id: "tags" },
  { id: "created", isOptional: true },
  { id: "id", isOptional: true },
] as const;
const ids = columns.map(({ id }) => id);

test("what is kept of columns that are not there any more is left out, and new ones come last", () => {
  const kept = JSON.stringify({
    columnVisibility: { gone: true, id: true, name: "yes" },
    columnOrder: ["id", "gone", "id"],
    columnSizing: { name: 200, flow: 1e9, tags: "wide" },
  });
  const choice = readChoice(kept, columns);
  expect(choice.columnVisibility).toMatchObject({ id: true, created: false });
  expect(choice.columnVisibility).not.toHaveProperty("gone");
  expect(choice.columnOrder).toEqual(["id", ...ids.filter((id) => id !== "id")]);
  expect(choice.columnSizing).toEqual({ name: 200 });
});

test.each([null, "", "{", "[]", "3", '"x"'])("of %j there is nothing to keep", (text) => {
  expect(readChoice(text, columns).columnOrder).toEqual(ids);
});

test("a column moves by one, and not over the ends", () => {
  expect(moved(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], "a", -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], "x", 1)).toEqual(["a", "b"]);
});
