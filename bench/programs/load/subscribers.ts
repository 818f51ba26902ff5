/**
 * Follows the events of a server over many streams, and records events meanwhile: node subscribers.ts URL PLAN, the plan as JSON.
 *
 * Each healthy one follows a topic. The slow ones follow many, and read a little every few seconds. Those that never read stop at
 * once, and follow all: what is not read becomes more than the system keeps for a connection, some megabytes on either side.
 */

import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "millrace/client";
import { addressOf, openEventStream } from "./event-lines.ts";
import "./end-with-parent.ts";

export interface SubscribersPlan {
  readonly subscribers: number;
  readonly topics: number;
  /** Events a second, over all topics. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Of an event's payload. */
  readonly payloadBytes: number;
  /** Parts of the subscribers. */
  readonly slow: number;
  readonly neverRead: number;
  /** Topics that each of the slow follows. */
  readonly followedBySlow: number;
}

export interface Delivery {
  /** Of the events that were recorded. */
  readonly expected: number;
  /** Events whose recording was not answered in time. */
  readonly unanswered: number;
  readonly delivered: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly neverReading: number;
  /** Of those that never read, how many the server has let go. */
  readonly cut: number;
  readonly slowCut: number;
  readonly healthyCut: number;
  /** From the first connection until all streams were open. */
  readonly openingMs: number;
}

/** Connections that are opened at once. */
const atOnce = 50;
const eachAddress = 500;
/** A slow one reads what is there, 64 KB at most, and rests. */
const slowRestMs = 8000;
/** What is under way when the last event was recorded has so long to come. */
const settleMs = 5000;
/** A client that does not read is let go after 30 s in which it took nothing; told here some seconds later. */
const cutWithinMs = 40_000;

type Kind = "healthy" | "slow" | "neverReads";

const nameOf = (topic: number): string => `load.topic-${topic}`;

async function measure(url: string, plan: SubscribersPlan): Promise<Delivery> {
  const { subscribers, topics, perSecond, seconds, payloadBytes } = plan;
  const latenciesMs: number[] = [];
  const cut: Record<Kind, number> = { healthy: 0, slow: 0, neverReads: 0 };
  const sockets: Socket[] = [];
  /** How many healthy ones follow each topic. */
  const followers = Array.from({ length: topics }, () => 0);
  let isOver = false;

  async function open(index: number): Promise<void> {
    const kind = kindOf(index, plan);
    const first = index % topics;
    // None is all.
    const followed = { healthy: 1, slow: Math.min(plan.followedBySlow, topics), neverReads: 0 }[kind];
    if (kind === "healthy") followers[first] = (followers[first] ?? 0) + 1;
    const socket = await openEventStream({
      url,
      names: Array.from({ length: followed }, (_, each) => nameOf((first + each) % topics)),
      from: addressOf(index, eachAddress),
      onEvent(json) {
        const sentAt = /sentAt\\":([\d.]+)/.exec(json)?.[1];
        if (kind === "healthy" && sentAt !== undefined) latenciesMs.push(now() - Number(sentAt));
      },
      onClose() {
        if (!isOver) cut[kind]++;
      },
    });
    sockets.push(socket);
    if (kind === "neverReads") socket.pause();
    if (kind === "slow") readSlowly(socket);
  }

  const startedAt = performance.now();
  const queue = Array(subscribers).keys();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const index of queue) await open(index);
    }),
  );
  const openingMs = performance.now() - startedAt;
  process.stdout.write("open\n");
  const client = createClient({ url });
  const processId = randomUUID();
  const padding = "x".repeat(payloadBytes);
  let expected = 0;
  let unanswered = 0;
  const begunAt = performance.now();
  const recording = new Set<Promise<unknown>>();
  for (let index = 0; index < perSecond * seconds; index++) {
    await sleep(Math.max(0, begunAt + (index * 1000) / perSecond - performance.now()));
    const topic = index % topics;
    const event = {
      id: randomUUID(),
      name: nameOf(topic),
      at: Date.now(),
      flowRunId: null,
      taskRunId: null,
      resource: { id: nameOf(topic) },
      payload: JSON.stringify({ sentAt: now(), padding }),
    };
    const recorded = client
      .record({ processId, events: [event] })
      .then(
        () => (expected += followers[topic] ?? 0),
        () => unanswered++,
      )
      .finally(() => recording.delete(recorded));
    recording.add(recorded);
  }
  await Promise.all(recording);
  await sleep(settleMs);
  const neverReading = Array.from({ length: subscribers }, (_, index) => kindOf(index, plan)).filter(
    (kind) => kind === "neverReads",
  ).length;
  // Who does not read does not see that it was let go: the server tells how many streams are left.
  const waitUntil = performance.now() + cutWithinMs;
  while (subscribers - (await countOpen(url)) < neverReading && performance.now() < waitUntil) await sleep(500);
  process.stdout.write("over\n");
  const gone = subscribers - (await countOpen(url));
  for (const socket of sockets) socket.resume();
  const seenUntil = performance.now() + settleMs;
  while (cut.healthy + cut.slow + cut.neverReads < gone && performance.now() < seenUntil) await sleep(100);
  isOver = true;
  for (const socket of sockets) socket.destroy();
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    expected,
    unanswered,
    delivered: latenciesMs.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    neverReading,
    cut: cut.neverReads,
    slowCut: cut.slow,
    healthyCut: cut.healthy,
    openingMs,
  };
}

async function countOpen(url: string): Promise<number> {
  const metrics = await (await fetch(new URL("/metrics", url))).text();
  return Number(/^millrace_event_streams_open (\d+)$/m.exec(metrics)?.[1]);
}

/** Spread over all of them. */
function kindOf(index: number, { slow, neverRead }: SubscribersPlan): Kind {
  const place = (index * 37) % 1000;
  if (place < neverRead * 1000) return "neverReads";
  return place < (neverRead + slow) * 1000 ? "slow" : "healthy";
}

function readSlowly(socket: Socket): void {
  socket.pause();
  const timer = setInterval(() => {
    socket.resume();
    socket.once("data", () => socket.pause());
  }, slowRestMs);
  socket.once("close", () => clearInterval(timer));
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

const [url = "", plan = ""] = process.argv.slice(2);
const delivery = await measure(url, JSON.parse(plan) as SubscribersPlan);
process.stdout.write(`${JSON.stringify(delivery)}\n`);
process.exit();
