import { expect, test } from "vitest";
import { defaultAnswer } from "./default-answer.ts";

const schema = {
  type: "object",
  properties: { approve: { type: "boolean" }, note: { type: "string", default: "none" }, at: { default: null } },
};

test("a form says by itself what its fields have by default, and what it is filled in with at first", () => {
  expect(defaultAnswer(schema, null)).toEqual({ note: "none", at: null });
  expect(defaultAnswer(schema, { approve: true, note: "as usual" })).toEqual({
    approve: true,
    note: "as usual",
    at: null,
  });
  expect(defaultAnswer({ ...schema, default: { approve: false } }, null)).toMatchObject({ approve: false });
});

test("a form of one value has that", () => {
  expect(defaultAnswer({ type: "number", default: 3 }, null)).toBe(3);
  expect(defaultAnswer({ type: "number", default: 3 }, 4)).toBe(4);
  expect(defaultAnswer({ type: "number" }, null)).toEqual({});
});
