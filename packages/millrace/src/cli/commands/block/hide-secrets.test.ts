import { expect, test } from "vitest";
import { hidden, hideSecrets, secretFieldsOf } from "./hide-secrets.ts";

test.each([
  [["password"], { password: hidden, user: "ada", headers: { token: "t", id: "1" }, empty: null }],
  [["headers.token"], { password: "p", user: "ada", headers: { token: hidden, id: "1" }, empty: null }],
  [["headers.*"], { password: "p", user: "ada", headers: hidden, empty: null }],
  [["empty", "missing", "user.name"], { password: "p", user: "ada", headers: { token: "t", id: "1" }, empty: null }],
])("%j are hidden", (fields, expected) => {
  const data = { password: "p", user: "ada", headers: { token: "t", id: "1" }, empty: null };
  expect(hideSecrets(data, fields)).toEqual(expected);
});

test("what is no list of names names nothing", () => {
  expect(secretFieldsOf({ secret_fields: ["a", 1] })).toEqual(["a"]);
  expect(secretFieldsOf({ secret_fields: "a" })).toEqual([]);
  expect(secretFieldsOf(undefined)).toEqual([]);
});
