import { describe, expect, test } from "vitest";
import { hidden, hideSecrets, secretFieldsOf, secretTexts } from "./block-secrets.ts";

describe("secrets that are shown", () => {
  test("are asterisks, whatever they are", () => {
    const data = { user: "ada", password: "lovelace", pin: 1234, keys: ["a", "b"], whole: { a: 1 } };
    expect(hideSecrets(data, ["password", "pin", "keys", "whole"])).toEqual({
      user: "ada",
      password: hidden,
      pin: hidden,
      keys: hidden,
      whole: hidden,
    });
  });

  test("stay null or missing where they are", () => {
    expect(hideSecrets({ a: null }, ["a", "b", "c.d"])).toEqual({ a: null });
  });

  test("are found in what is nested", () => {
    const data = { options: { token: "t", retries: 3 }, list: [1] };
    expect(hideSecrets(data, ["options.token", "list.token"])).toEqual({
      options: { token: hidden, retries: 3 },
      list: [1],
    });
  });

  test("are all that is below a star, with the names shown", () => {
    const data = { headers: { auth: "a", nested: { deep: null } }, empty: {}, text: "x" };
    expect(hideSecrets(data, ["headers.*", "empty.*", "text.*"])).toEqual({
      headers: { auth: hidden, nested: { deep: hidden } },
      empty: hidden,
      text: hidden,
    });
  });

  test("leave what was given as it is", () => {
    const data = { a: { b: "c" } };
    hideSecrets(data, ["a.b"]);
    expect(data).toEqual({ a: { b: "c" } });
  });
});

test("a schema names its secret fields, or has none", () => {
  expect(secretFieldsOf({ secret_fields: ["a", 1, "b.*"] })).toEqual(["a", "b.*"]);
  expect([secretFieldsOf({}), secretFieldsOf(undefined), secretFieldsOf({ secret_fields: "a" })]).toEqual([[], [], []]);
});

test("the texts of secret fields are all that are in them, and no others", () => {
  const data = { user: "ada", pin: 1234, keys: ["a", "b"], options: { token: "t", retries: 3 }, headers: { x: "y" } };
  expect(secretTexts(data, ["pin", "keys", "options.token", "headers.*"]).toSorted()).toEqual([
    "1234",
    "a",
    "b",
    "t",
    "y",
  ]);
  expect(secretTexts(data, [])).toEqual([]);
});
