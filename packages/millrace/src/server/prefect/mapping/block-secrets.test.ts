import { describe, expect, test } from "vitest";
import { hideSecrets, keepSecrets, secretFieldsOf } from "./block-secrets.ts";

const hidden = "********";

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

describe("secrets that are sent back", () => {
  const kept = { password: "lovelace", options: { token: "t", retries: 3 }, headers: { auth: "a", deep: { x: 1 } } };
  const secretFields = ["password", "options.token", "headers.*"];

  test("as they were shown are those that are kept", () => {
    expect(keepSecrets(hideSecrets(kept, secretFields), { kept, secretFields })).toEqual(kept);
  });

  test("as others are new", () => {
    const sent = { password: "new", options: { token: hidden, retries: 4 }, headers: { auth: "b", more: hidden } };
    expect(keepSecrets(sent, { kept, secretFields })).toEqual({
      password: "new",
      options: { token: "t", retries: 4 },
      headers: { auth: "b", more: hidden },
    });
  });

  test("are only kept where they are secret", () => {
    const sent = { user: hidden };
    expect(keepSecrets(sent, { kept: { user: "ada" }, secretFields })).toEqual(sent);
  });

  test("whole take the place of what had names", () => {
    expect(keepSecrets({ headers: hidden }, { kept, secretFields })).toEqual({ headers: kept.headers });
  });
});

test("a schema names its secret fields, or has none", () => {
  expect(secretFieldsOf({ secret_fields: ["a", 1, "b.*"] })).toEqual(["a", "b.*"]);
  expect([secretFieldsOf({}), secretFieldsOf(undefined), secretFieldsOf({ secret_fields: "a" })]).toEqual([[], [], []]);
});
