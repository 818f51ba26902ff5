import { describe, expect, test } from "vitest";
import { hidden, hideSecrets } from "../../contract/block-secrets.ts";
import { keepSecrets } from "./keep-secrets.ts";

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
