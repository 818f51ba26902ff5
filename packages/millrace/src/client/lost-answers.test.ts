/** What the client sends again when a connection breaks after the server has done what it was asked. */

import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, afterAll, beforeEach, expect, test } from "vitest";
import { readSettings } from "../app/settings.ts";
import { startServer } from "../app/start-server.ts";
import type { SubmittedRun } from "../contract/deployments.ts";
import { uuidv7 } from "../kit/ids.ts";
import { type Client, createClient } from "./create-client.ts";

interface Proxy {
  readonly url: string;
  /** The next answer of the server is not passed on: the connection breaks in its place. */
  cutNextAnswer(): void;
  /** Answers that were cut so far. */
  readonly cuts: () => number;
  close(): Promise<void>;
}

/** Passes bytes on between a client and the server of a URL. */
async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isToCut = false;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Either side sees the other's end as a reset.
      socket.on("error", () => undefined);
    }
    client.on("data", (chunk) => upstream.write(chunk));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    upstream.on("data", (chunk) => {
      if (!isToCut) return void client.write(chunk);
      isToCut = false;
      cuts++;
      client.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => void server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutNextAnswer: () => (isToCut = true),
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

const home = mkdtempSync(join(tmpdir(), "millrace-lost-answers-"));
let server: Awaited<ReturnType<typeof startServer>>;
let proxy: Proxy;
let client: Client;
let direct: Client;
let deploymentId: string;

beforeAll(async () => {
  server = await startServer({ settings: readSettings({ home, env: {} }), host: "127.0.0.1", port: 0 });
  proxy = await startProxy(server.url);
  direct = createClient({ url: server.url });
  client = createClient({ url: proxy.url });
  // Whoever has never answered is not asked again.
  await client.readServerInfo();
});

afterAll(async () => {
  await proxy.close();
  await server.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

beforeEach(async ({ task }) => {
  const { deployment } = await direct.saveDeployment({ flowName: task.name, name: "d" });
  deploymentId = deployment.id;
});

/** The ids of the deployment's runs, the first first. */
async function runIds(): Promise<readonly string[]> {
  const { items } = await direct.listFlowRuns({ where: { field: "deploymentId", in: [deploymentId] } }, "created-asc");
  return items.map(({ id }) => id);
}

/** Submits while the connection breaks before the answer. */
async function submitWithCut(submission: { readonly idempotencyKey?: string }): Promise<SubmittedRun> {
  const before = proxy.cuts();
  proxy.cutNextAnswer();
  try {
    return await client.submitRun({ deployment: deploymentId, ...submission });
  } finally {
    expect(proxy.cuts()).toBe(before + 1);
  }
}

test("a submission with an idempotency key is sent again, and makes one run", async () => {
  const { run } = await submitWithCut({ idempotencyKey: "order-4711" });
  expect(await runIds()).toEqual([run.id]);
  expect(await client.submitRun({ deployment: deploymentId, idempotencyKey: "order-4711" })).toMatchObject({
    run: { id: run.id },
    isNew: false,
  });
});

test("a submission without a key is not: it may have been done", async () => {
  await expect(submitWithCut({})).rejects.toMatchObject({ code: "SERVER_UNREACHABLE", retryable: true });
  expect(await runIds()).toHaveLength(1);
});

test("a read is sent again", async () => {
  const { run } = await client.submitRun({ deployment: deploymentId });
  const before = proxy.cuts();
  proxy.cutNextAnswer();
  expect(await client.readFlowRun(run.id)).toMatchObject({ id: run.id });
  expect(proxy.cuts()).toBe(before + 1);
});

test("slots that are asked for by the id of their lease are taken once, and given back", async () => {
  const name = "their-api";
  const counted = { active: true, slots: 2, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 };
  const { id } = await direct.createObject("concurrency-limit", { name, ...counted });
  const takenOf = async (): Promise<number | undefined> => (await direct.readObject("concurrency-limit", id))?.taken;
  const leaseId = uuidv7();
  const before = proxy.cuts();
  proxy.cutNextAnswer();
  const answer = await client.takeSlots({ limits: [name], slots: 1, leaseMs: 60_000, leaseId });
  expect([answer.granted, await takenOf()]).toEqual([true, 1]);
  proxy.cutNextAnswer();
  await client.giveBackSlots({ leaseId });
  expect([proxy.cuts(), await takenOf()]).toEqual([before + 2, 0]);
});
