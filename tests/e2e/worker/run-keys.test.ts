/** The runs of a worker on a server with access control: each with a key of its own, and the worker's nowhere. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, type Ledger, until } from "../cli/millrace.ts";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

const env = { MILLRACE_SECRETS_KEY: Buffer.alloc(32, 5).toString("base64") };

async function makeKey(ledger: Ledger, role: string): Promise<string> {
  await ledger.json("account", "create", role, "--role", role, "--service");
  const made = await ledger.json<{ readonly key: string }>("api-key", "create", "--account", role, "--name", "test");
  return made.key;
}

const aLimit = (name: string) => ({ name, slots: 2, active: true, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 });

async function open() {
  const ledger = createLedger();
  const keys = { admin: await makeKey(ledger, "admin"), worker: await makeKey(ledger, "worker") };
  const server = await startServer(ledger, { args: ["--access-control"], env: { ...env, MILLRACE_LEASE_MS: "2s" } });
  const client = createClient({ url: server.url, token: keys.admin });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  for (const name of ["gpu", "tag:measured"]) await client.createObject("concurrency-limit", aLimit(name));
  await client.writeVariable({ name: "greeting", value: '"hello"' });
  await client.setSecret("token", "s3cr3t");
  const remote = createRemoteLedger(server.url);
  const project = makeProject({ from: join(import.meta.dirname, "fixtures/guarded") });
  const deployed = await remote.run(["deploy", "--all"], { cwd: project, env: { MILLRACE_API_KEY: keys.admin } });
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  return { server, client, remote, keys };
}

/** Who was denied something, without those whom nobody knows: a deployment has such a key. */
async function listDenied(client: Client): Promise<ReadonlySet<string>> {
  const { items } = await client.listAuditEntries({ outcomes: ["denied"] });
  return new Set(items.flatMap(({ accountName }) => accountName ?? []));
}

type Result = { readonly data: string } | null;
const valueOf = ({ result }: { readonly result: unknown }): unknown => JSON.parse((result as Result)?.data ?? "null");

test("a run does all that flows do by a key of its own, and has none of an account", { timeout: 180_000 }, async () => {
  const { client, remote, keys } = await open();
  const worker = await startWorker(remote, { env: { ...env, MILLRACE_API_KEY: keys.worker } });
  const id = await ask(client, "whole/main");
  await until(async () => {
    const { items } = await client.listTaskRuns({ flowRunIds: [id] });
    return items.some(({ taskName, state }) => taskName.startsWith("signal") && state.type === "RUNNING");
  });
  // Longer than its lease: the thread that renews it has the key of the run too.
  await sleep(5000);
  await client.sendRunInput({ flowRunId: id, key: "signal:go", id: "1", value: '"now"', sender: null });
  const ended = await endOf(client, id);
  expect([ended.state.name, ended.state.message]).toEqual(["Completed", undefined]);
  expect(worker.printed().stderr).not.toMatch(/ (warn|error) /);
  expect(valueOf(ended)).toEqual({
    greeting: "hello",
    halves: 42,
    other: 8,
    word: "now",
    hasToken: true,
    keys: ["run"],
  });
  const runs = (await client.listFlowRuns({ flowNames: ["part"] })).items;
  expect(runs.map(({ rootRunId, state }) => [rootRunId, state.type])).toEqual([
    [id, "COMPLETED"],
    [id, "COMPLETED"],
  ]);
  expect((await client.listArtifacts({ keys: ["report"] })).items).toHaveLength(2);
  expect((await client.listEvents({ names: ["measured"] })).items).toHaveLength(2);
  expect((await client.listObjects("slot-lease")).items).toEqual([]);
  expect(await listDenied(client)).toEqual(new Set());
});

test("what is not the run's own is closed to its key, and a deployment's own key goes before it", {
  timeout: 180_000,
}, async () => {
  const { server, client, remote, keys } = await open();
  await startWorker(remote, { env: { ...env, MILLRACE_API_KEY: keys.worker } });
  const victim = await ask(client, "whole/main");
  // Its process has said where its code is and what it runs on.
  await until(async () => {
    const run = await client.readFlowRun(victim);
    return run?.state.type === "RUNNING" && run.entrypoint !== null && run.environment !== null;
  });
  const before = await client.readFlowRun(victim);
  const stolen = await endOf(client, await ask(client, "thief/main", { url: server.url, victim }));
  expect([stolen.state.name, stolen.state.message]).toEqual(["Completed", undefined]);
  expect(valueOf(stolen)).toEqual({ codes: ["RUN_KEY_REFUSED"], prefect: 403, keys: ["run"] });
  // What is found out of its machine may come a little later.
  const unsure = { extra: null, environment: null };
  expect({ ...(await client.readFlowRun(victim)), ...unsure }).toEqual({ ...before, ...unsure });
  expect((await client.readVariable("greeting"))?.value).toBe('"hello"');
  expect(await listDenied(client)).toEqual(new Set([`worker, flow run ${stolen.id}`]));

  const without = await endOf(client, await ask(client, "thief/with-a-key", { url: server.url, victim }));
  expect([without.state.type, without.error?.code ?? without.state.message]).toEqual(["CRASHED", "UNAUTHENTICATED"]);
});

test("with `runKeys` off the runs have the worker's key, as before", { timeout: 180_000 }, async () => {
  const { server, client, remote, keys } = await open();
  await startWorker(remote, { env: { ...env, MILLRACE_API_KEY: keys.worker, MILLRACE_RUN_KEYS: "off" } });
  const ended = await endOf(client, await ask(client, "thief/main", { url: server.url, victim: crypto.randomUUID() }));
  expect(valueOf(ended)).toMatchObject({ keys: ["account"] });
});
