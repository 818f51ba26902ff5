/**
 * Many flow runs that log, each by requests of its own, with what the engine of a run sends: node log-lines.ts URL PLAN, the plan
 * as JSON. A reader in another process looks at the server meanwhile.
 */

import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "millrace/client";
import type { LogReading } from "./log-reader.ts";
import "./end-with-parent.ts";

export interface LinesPlan {
  readonly runs: number;
  readonly lines: number;
  /** Over so long they are written; then what waits may still be recorded. */
  readonly writtenWithinMs: number;
}

export interface LinesRecorded extends LogReading {
  /** From the first line until the last was acknowledged. */
  readonly tookMs: number;
  readonly acknowledged: number;
  /** How many of them the ledger has in the end, over all runs. */
  readonly found: number;
  /** Lines of one request, in the median. */
  readonly perRequest: number;
}

/** As of engine/journal.ts: lines of a request at most, and how long they wait for each other. */
const maxBatchLogs = 5000;
const gatherMs = 200;
const message = "step 1234 of epoch 17: loss 0.1834, accuracy 0.9412, 1,204 rows in 83 ms, learning rate 0.0003";

async function begin(client: Client): Promise<string> {
  const [id, at] = [randomUUID(), Date.now()];
  const states = [
    { type: "PENDING", name: "Pending", at },
    { type: "RUNNING", name: "Running", at: at + 0.001 },
  ] as const;
  const run = { id, flowName: "logs", name: "logs", parameters: "{}", states, ownerId: id };
  await client.record({ processId: id, created: [run] });
  return id;
}

/** What became of a run's lines. */
interface Written {
  readonly acknowledged: number;
  readonly requests: readonly number[];
}

/** Lines are there at a steady rate; a request has all that have come since the last one was sent. */
async function log(
  client: Client,
  { id, count, withinMs }: { readonly id: string; readonly count: number; readonly withinMs: number },
): Promise<Written> {
  const startedAt = performance.now();
  const requests: number[] = [];
  let sent = 0;
  while (sent < count) {
    const written = Math.min(count, Math.floor((count * (performance.now() - startedAt)) / withinMs));
    const size = Math.min(written - sent, maxBatchLogs);
    if (size === 0) {
      await sleep(gatherMs);
      continue;
    }
    const from = sent;
    const logs = Array.from({ length: size }, (_, index) => ({
      flowRunId: id,
      taskRunId: null,
      attempt: 1,
      at: performance.timeOrigin + startedAt + ((from + index) / count) * withinMs,
      level: "info" as const,
      logger: "millrace.run",
      message,
      fields: null,
      epoch: 1,
    }));
    const { stale } = await client.record({ processId: id, logs });
    if (stale.length > 0) throw new Error(`lines of run ${id} were refused`);
    sent += size;
    requests.push(size);
    if (sent < count) await sleep(gatherMs);
  }
  return { acknowledged: sent, requests };
}

async function measure(url: string, plan: LinesPlan): Promise<LinesRecorded> {
  const client = createClient({ url });
  const ids = await Promise.all(Array.from({ length: plan.runs }, () => begin(client)));
  const reader = fork(fileURLToPath(new URL("./log-reader.ts", import.meta.url)), [url, ids[0] ?? ""]);
  await once(reader, "message");
  process.stdout.write("lines\n");
  const startedAt = performance.now();
  const each = Math.floor(plan.lines / plan.runs);
  const withinMs = plan.writtenWithinMs;
  const written = await Promise.all(ids.map((id) => log(client, { id, count: each, withinMs })));
  const tookMs = performance.now() - startedAt;
  process.stdout.write("over\n");
  reader.send("over");
  const [reading] = (await once(reader, "message")) as [LogReading];
  const requests = written.flatMap((one) => one.requests).toSorted((a, b) => a - b);
  let found = 0;
  for (const id of ids) found += await client.count("log", { field: "flowRunId", in: [id] });
  return {
    ...reading,
    tookMs,
    acknowledged: written.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    found,
    perRequest: requests[Math.floor(requests.length / 2)] ?? 0,
  };
}

const [url = "", plan = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await measure(url, JSON.parse(plan) as LinesPlan))}\n`);
process.exit();
