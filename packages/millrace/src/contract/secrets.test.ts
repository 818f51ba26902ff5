import { describe, expect, test } from "vitest";
import { isSecretReference, parseSecretReference } from "./secrets.ts";

describe("a reference to a secret", () => {
  test.each([
    ["vault://env/DB_PASSWORD", { provider: "env", path: "DB_PASSWORD", field: null }],
    ["vault://file/db/password", { provider: "file", path: "db/password", field: null }],
    ["vault://op/Team Vault/db-1#password", { provider: "op", path: "Team Vault/db-1", field: "password" }],
    [
      "vault://aws/arn:aws:secretsmanager:eu-1:1:secret:db#user.name",
      { provider: "aws", path: "arn:aws:secretsmanager:eu-1:1:secret:db", field: "user.name" },
    ],
  ])("is %s", (text, reference) => expect(parseSecretReference(text)).toEqual(reference));

  test.each([
    "vault://",
    "vault://file",
    "vault://file/",
    "vault:///x",
    "vault://File/x",
    "vault://../x",
    "file/x",
    "s3cret",

    "vault://file/../x",
    "vault://file/a/../../x",
    "vault://file/./x",
    "vault://file//x",
    "vault://file/a/",
    "vault://file/a\\b",

    "vault://op/-rf",
    "vault://op/a/--help",
    "vault://op/a;b",
    "vault://op/$(a)",
    "vault://op/a\nb",
    "vault://op/a\u0000",

    "vault://op/a?b",
    "vault://op/a%2e%2e",
    "vault://op/{path}",
    "vault://op/ a",
    "vault://op/a#",
    `vault://op/${"a".repeat(1000)}`,
  ])("is not %j", (text) => expect(parseSecretReference(text)).toBeNull());

  test("that is wrong is still meant as one", () => {
    expect(isSecretReference("vault://file/../x")).toBe(true);
    expect(isSecretReference("s3cret vault://file/x")).toBe(false);
  });
});
