import { expect, test } from "vitest";
import { secretsOfSettings } from "./secrets-of-settings.ts";
import { readSettings } from "./settings.ts";

const of = (env: Readonly<Record<string, string>>): readonly string[] =>
  secretsOfSettings(readSettings({ home: "/nowhere", env }));

test("keys and passwords are secret, however many there are and wherever they are written", () => {
  const [one, other] = [Buffer.alloc(32, 1).toString("base64"), Buffer.alloc(32, 2).toString("base64")];
  expect(of({ MILLRACE_API_KEY: "mr_key", MILLRACE_SECRETS_KEY: `${one}, ${other}` })).toEqual(["mr_key", one, other]);
  expect(of({ MILLRACE_OIDC_CLIENT_SECRET: "oidc" })).toEqual(["oidc"]);
  expect(of({ MILLRACE_DATABASE: "postgres://ada:p%40ss@db/runs" })).toEqual(["p%40ss", "p@ss"]);
  expect(of({ MILLRACE_DATABASE: "postgres://db/runs?user=ada&password=inquery" })).toEqual(["inquery"]);
});

test("where nothing is set nothing is secret", () => {
  expect(of({})).toEqual([]);
  expect(of({ MILLRACE_DATABASE: "postgres://ada@db/runs" })).toEqual([]);
});
