import { expect, test } from "vitest";
import { checkUuid, isUuid, uuidRange } from "./uuid.ts";

const id = "0190b5c8-1234-7000-8000-0000000000aa";

test("a UUID is its canonical text", () => {
  expect([isUuid(id), isUuid(id.toUpperCase()), isUuid(id.replaceAll("-", "")), isUuid(""), isUuid(`${id}0`)]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(checkUuid(id)).toBe(id);
  expect(() => checkUuid("run-1")).toThrow("is-uuid: run-1");
});

test.each([
  ["", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  ["0190b5c8", "0190b5c8-0000-0000-0000-000000000000", "0190b5c8-ffff-ffff-ffff-ffffffffffff"],
  ["0190b5c8-1", "0190b5c8-1000-0000-0000-000000000000", "0190b5c8-1fff-ffff-ffff-ffffffffffff"],
  [id, id, id],
])("the ids that begin with %j are a range", (prefix, first, last) => {
  expect(uuidRange(prefix)).toEqual({ first, last });
});

test.each(["g", "0190b5c81", "0190b5c8--", `${id}0`, "'"])("no id begins with %j", (prefix) => {
  expect(uuidRange(prefix)).toBeNull();
});
