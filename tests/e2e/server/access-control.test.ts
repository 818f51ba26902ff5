/** A server that asks who comes, as its people and their programs meet it. */

import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, flows, type Ledger, until } from "../cli/millrace.ts";
import { createRemoteLedger, startServer } from "./server.ts";

async function makeKey(ledger: Ledger, role: string): Promise<string> {
  await ledger.json("account", "create", role, "--role", role, "--service");
  const made = await ledger.json<{ readonly key: string }>("api-key", "create", "--account", role, "--name", "test");
  return made.key;
}

test("the first start tells an admin's password once, who signs in with it", async () => {
  const ledger = createLedger();
  const server = await startServer(ledger, { args: ["--access-control", "--host", "0.0.0.0"] });
  const told = await until(() => /password {2}(\S+)/.exec(server.running.printed().stderr)?.[1]);
  expect(server.running.printed().stdout).not.toContain(told);
  const url = `http://127.0.0.1:${new URL(server.url).port}`;
  const signedIn = await createClient({ url }).signIn({ name: "admin", password: told });
  expect(signedIn).toMatchObject({ accessControl: "on", account: { name: "admin", role: "admin" }, means: "session" });
  await server.end("SIGTERM");

  const again = await startServer(ledger, { args: ["--access-control"] });
  expect((await fetch(`${again.url}/v1/version`)).status).toBe(401);
  expect(again.running.printed().stderr).not.toContain("password");
});

test("flows record with the key of a runner, and are told what is missing without one", async () => {
  const ledger = createLedger();
  const key = await makeKey(ledger, "runner");
  const viewer = await makeKey(ledger, "viewer");
  const { url } = await startServer(ledger, { args: ["--access-control"] });
  const remote = createRemoteLedger(url);
  const go = (apiKey: string) =>
    remote.run(["run", `${join(flows, "orders.ts")}:orders`], { env: { MILLRACE_API_KEY: apiKey } });
  const stranger = await remote.run(["flow-run", "ls"]);
  expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining("error[UNAUTHENTICATED]")]);
  expect(stranger.stderr).toContain("MILLRACE_API_KEY");

  const denied = await go(viewer);
  expect(denied.code).not.toBe(0);
  expect(denied.stderr).toContain("FORBIDDEN");
  expect((await go(key)).code).toBe(0);
  const listed = await remote.run(["flow-run", "ls", "--json"], { env: { MILLRACE_API_KEY: viewer } });
  expect([listed.code, listed.stderr]).toEqual([0, ""]);
  expect(JSON.parse(listed.stdout)).not.toEqual([]);
  expect(listed.stdout).not.toContain(key);

  const status = await remote.run(["server", "status", "--json"], { env: { MILLRACE_API_KEY: viewer } });
  expect(JSON.parse(status.stdout)).toMatchObject({ status: "ready", account: "viewer", version: expect.any(String) });

  const audit = await ledger.json<readonly { readonly outcome: string; readonly accountName: string | null }[]>(
    "audit",
    "ls",
  );
  expect(audit.filter(({ outcome }) => outcome === "denied").map(({ accountName }) => accountName)).toContain("viewer");
});
