import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { createRemoteLedger, startServer } from "./server.ts";

const fixtures = join(import.meta.dirname, "fixtures");

test("a second server on the same port says so, and the first is found to be stopped", async () => {
  const ledger = createLedger();
  const { url, running } = await startServer(ledger);
  const { port } = new URL(url);
  const second = await ledger.run(["server", "start", "--port", port]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain("error[SERVER_ADDRESS_TAKEN]");
  expect(second.stderr).toContain(`port ${port}: another process listens there`);
  expect(await ledger.json("server", "stop")).toEqual({ stopped: [{ url, pid: running.child.pid }], running: [] });
  expect(await running.ended).toMatchObject({ code: 0 });
  expect((await ledger.run(["server", "stop"])).stdout).toContain("No server runs over the ledger");
});

test("only this machine can reach it, unless that is asked for", async () => {
  const ledger = createLedger();
  const refused = await ledger.run(["server", "start", "--host", "0.0.0.0", "--port", "0"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("error[SERVER_REMOTE_REFUSED]");
  expect(refused.stderr).toContain("--allow-remote");
  const server = await startServer(ledger, { args: ["--host", "0.0.0.0", "--allow-remote"] });
  const { port } = new URL(server.url);
  expect((await fetch(`http://127.0.0.1:${port}/v1/health`)).status).toBe(200);
});

test("it says where it listens, and the default port is in its help", async () => {
  const ledger = createLedger();
  const running = ledger.start(["server", "start", "--port", "0", "--verbose"]);
  const line = await until(() => /listens on (http:\S+),/.exec(running.printed().stdout)?.[1]);
  expect((await fetch(`${line}/v1/ready`)).status).toBe(200);
  await until(() => running.printed().stderr.includes("GET /v1/ready 200"));
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ code: 0 });
  expect((await ledger.run(["server", "start", "--help"])).stdout).toContain("4270");
});

test("a server that is not there is told at once, and how to start one", async () => {
  const ledger = createLedger();
  const { code, stderr } = await ledger.run(["flow-run", "ls"], { env: { MILLRACE_API_URL: "http://127.0.0.1:9" } });
  expect(code).toBe(1);
  expect(stderr).toContain("error[SERVER_UNREACHABLE]");
  expect(stderr).toContain("millrace server start");
});

test("a ledger that is named goes before the server of the settings", async () => {
  const server = await startServer(createLedger());
  const remote = createRemoteLedger(server.url);
  expect((await remote.run(["variable", "set", "where", "server"])).code).toBe(0);
  expect((await remote.run(["variable", "get", "where", "--home", remote.home])).code).toBe(3);
  expect((await remote.run(["variable", "get", "where"])).stdout).toContain("server");
  const { stdout } = await remote.run(["doctor"]);
  expect([stdout.includes(server.url), stdout.includes("it is ready")]).toEqual([true, true]);
});

test("a run is cancelled from another process", async () => {
  const server = await startServer(createLedger());
  const remote = createRemoteLedger(server.url);
  const diary = join(remote.home, "diary");
  const flow = remote.startFile(join(fixtures, "steady.ts"), { env: { DIARY: diary, STEP_MS: "2000" } });
  const [run] = await until(async () => {
    const runs = await remote.json<readonly { id: string; state: { type: string } }[]>("flow-run", "ls");
    return runs[0]?.state.type === "RUNNING" && runs;
  });
  expect((await remote.run(["flow-run", "cancel", run?.id ?? ""])).code).toBe(0);
  const { code, stderr } = await flow.ended;
  expect(code).not.toBe(0);
  expect(stderr).toContain("Cancelled");
  const after = await remote.json<{ state: { type: string } }>("flow-run", "inspect", run?.id ?? "");
  expect(JSON.stringify(after)).toContain("CANCELLED");
});

test("slots are shared by the processes of a server", async () => {
  const server = await startServer(createLedger());
  const remote = createRemoteLedger(server.url);
  const env = { DIARY: join(remote.home, "diary") };
  const both = [1, 2].map(() => remote.startFile(join(fixtures, "shared-slot.ts"), { env }).ended);
  expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
  const lines = readFileSync(env.DIARY, "utf8").trim().split("\n");
  expect(lines).toEqual(Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? "in" : "out")));
});
