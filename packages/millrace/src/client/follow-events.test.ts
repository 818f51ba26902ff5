import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSettings } from "../app/settings.ts";
import { startServer } from "../app/start-server.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { createClient } from "./create-client.ts";
import { followEvents } from "./follow-events.ts";

async function openServer(port = 0, home = mkdtempSync(join(tmpdir(), "millrace-follow-"))) {
  const server = await startServer({ settings: readSettings({ home, env: {} }), host: "127.0.0.1", port });
  onTestFinished(async () => {
    await server.close().catch(() => undefined);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return { ...server, home, client: createClient({ url: server.url }) };
}

test("what happens is told in order, by name, also what happened while the server was away", async () => {
  const first = await openServer();
  const stopping = new AbortController();
  const told: string[] = [];
  let opened = 0;
  const waiting = new Set<() => void>();
  const seen = (): void => {
    for (const check of waiting) check();
  };
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const following = followEvents({
    url: first.url,
    names: ["millrace.variable.created"],
    signal: stopping.signal,
    onEvent: ({ name }) => {
      told.push(name);
      seen();
    },
    onOpen: () => {
      opened++;
      seen();
    },
  });
  await until(() => opened === 1);
  await first.client.writeVariable({ name: "one", value: "1" });
  await first.client.writeVariable({ name: "one", value: "2" });
  await until(() => told.length === 1);

  await first.close();
  const second = await openServer(Number(new URL(first.url).port), first.home);
  // A connection that was kept open to the first one is found broken by this.
  await fetch(`${second.url}/v1/health`).catch(() => undefined);
  await second.client.writeVariable({ name: "two", value: "2" });
  await until(() => opened === 2 && told.length === 2);
  expect(told).toEqual(["millrace.variable.created", "millrace.variable.created"]);
  stopping.abort();
  await following;
});

test("what happens while the first connection is broken is told too, and what is missing is", async () => {
  const connections: (readonly [lastId: string | null, text: string])[] = [];
  const texts = [
    // Cut off before anything happened, and in the middle of an event.
    ": connected\nevent: beat\ndata: 7\n\n",
    ': connected\nevent: beat\ndata: 7\n\nid: 8\ndata: {"seq":8,"name":"a"}\n\nid: 9\ndata: {"seq":9,"na',
    "event: beat\ndata: 4\n\nevent: gap\ndata: 4\n\n",
    'event: beat\ndata: 4\n\nid: 5\ndata: {"seq":5,"name":"b"}\n\n',
  ];
  const stopping = new AbortController();
  const answer: typeof fetch = async (_, init) => {
    const text = texts[connections.length] ?? "";
    connections.push([new Headers(init?.headers).get("last-event-id"), text]);
    return new Response(text);
  };
  using clock = createVirtualClock({ autoAdvance: true });
  const told: number[] = [];
  let gaps = 0;
  await followEvents({
    url: "http://127.0.0.1:1",
    signal: stopping.signal,
    fetch: answer,
    clock,
    onEvent({ seq }) {
      told.push(seq);
      if (seq === 5) stopping.abort();
    },
    onGap: () => gaps++,
  });
  expect(connections.map(([lastId]) => lastId)).toEqual([null, "7", "8", "4"]);
  expect([told, gaps]).toEqual([[8, 5], 1]);
});
