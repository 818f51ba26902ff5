/** Prefect's client and command line against a server that asks who comes, by their own settings for it. */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ledger } from "../e2e/cli/millrace.ts";
import { type ServerUnderTest, startServer } from "../e2e/server/server.ts";
import { createPythonHome, prefectSkipped, type PythonEnd, runPython } from "./harness/python.ts";
import { ownTargets, useLedger } from "./harness/targets.ts";

const scenario = join(import.meta.dirname, "fixtures/access-control.py");
const password = "correct horse battery";

async function makeKey(ledger: Ledger, role: string): Promise<string> {
  await ledger.json("account", "create", role, "--role", role, "--service");
  return (await ledger.json<{ readonly key: string }>("api-key", "create", "--account", role, "--name", "test")).key;
}

describe.skipIf(prefectSkipped !== undefined).each(ownTargets())("Prefect's client with access control, %s", (kind) => {
  const { ledger } = useLedger(kind);
  const home = createPythonHome();
  const keys = new Map<string, string>();
  let server: ServerUnderTest;
  let apiUrl = "";

  beforeAll(async () => {
    for (const role of ["runner", "worker", "viewer"]) keys.set(role, await makeKey(ledger(), role));
    await ledger().run(["account", "create", "ada", "--role", "author"], { input: password });
    server = await startServer(ledger(), { args: ["--access-control"] });
    apiUrl = `${server.url}/api`;
  });
  afterAll(async () => {
    home.close();
    await server.end("SIGKILL");
  });

  const run = (env: Record<string, string>): Promise<PythonEnd> => runPython({ home, apiUrl, args: [scenario], env });

  test.each(["runner", "worker"])(
    "a %s's key runs a flow: its task, logs, artifact and event are recorded",
    async (role) => {
      const end = await run({ PREFECT_API_AUTH_STRING: `${role}:${keys.get(role) ?? ""}` });
      expect(`${end.stdout}${end.stderr}`).toContain("recorded: COMPLETED ['COMPLETED'] ['a line'] ['a-key']");
      expect(end.code).toBe(0);
    },
  );

  test("a name and a password do the same, as Prefect's setting for them has it", async () => {
    const end = await run({ PREFECT_API_AUTH_STRING: `ada:${password}` });
    expect(`${end.stdout}${end.stderr}`).toContain("recorded: COMPLETED ['COMPLETED'] ['a line'] ['a-key']");
  });

  test.each([
    ["no key", {}, "401"],
    ["a wrong key", { PREFECT_API_AUTH_STRING: "runner:mr_wrong" }, "401"],
    ["a wrong password", { PREFECT_API_AUTH_STRING: "ada:wrong" }, "401"],
  ])("with %s its client is told so", async (_, env, status) => {
    const end = await run(env as Record<string, string>);
    expect(end.code).not.toBe(0);
    expect(`${end.stdout}${end.stderr}`).toMatch(new RegExp(`${status}|[Uu]nauthorized`));
  });

  test("as the key of its cloud, a key is known by REST, and its socket is told what to set", async () => {
    const end = await run({ PREFECT_API_KEY: keys.get("runner") ?? "" });
    expect(`${end.stdout}${end.stderr}`).toContain("recorded: COMPLETED [] ['a line'] ['a-key']");
    expect(`${end.stdout}${end.stderr}`).toContain("set PREFECT_API_AUTH_STRING to name:key");
  });

  test("a viewer's key may not run anything", async () => {
    const end = await run({ PREFECT_API_AUTH_STRING: `viewer:${keys.get("viewer") ?? ""}` });
    expect(end.code).not.toBe(0);
    expect(`${end.stdout}${end.stderr}`).toMatch(/403|may not do this/);
  });
});
