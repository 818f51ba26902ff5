/** Asks a server as fast as it answers, by a client with so many requests in flight: node server-load.ts URL RUNS IN-FLIGHT */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createClient } from "millrace/client";

const [url = "", count = "1000", width = "16"] = process.argv.slice(2);
const runs = Number(count);
const client = createClient({ url });
const processId = randomUUID();
const ids = Array.from({ length: runs }, () => randomUUID());

/** Each item once, `width` at a time; how many a second. */
async function perSecond(items: readonly string[], ask: (id: string) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const id of queue) await ask(id);
  };
  await Promise.all(Array.from({ length: Number(width) }, lane));
  return (items.length / (performance.now() - startedAt)) * 1000;
}

async function createAndComplete(id: string): Promise<void> {
  const at = Date.now();
  const states = [
    { type: "PENDING", name: "Pending", at },
    { type: "RUNNING", name: "Running", at: at + 0.001 },
  ] as const;
  await client.record({
    processId,
    created: [{ id, flowName: "load", name: "load", parameters: "{}", states, ownerId: processId }],
  });
  const { proposals } = await client.record({
    processId,
    proposals: [{ id, epoch: 1, state: { type: "COMPLETED", name: "Completed" } }],
  });
  if (proposals[0]?.decision.answer !== "ACCEPT")
    throw new Error(`the run was not completed: ${JSON.stringify(proposals)}`);
}

async function read(id: string): Promise<void> {
  const run = await client.readFlowRun(id);
  if (run?.state.type !== "COMPLETED") throw new Error(`run ${id} is ${run?.state.type}`);
}

async function list(): Promise<void> {
  const { items } = await client.listFlowRuns({ flowNames: ["load"] }, "created-desc", { limit: 20 });
  if (items.length !== 20) throw new Error(`the list has ${items.length} runs`);
}

await client.readServerInfo();
// Runs whose process is not known are ended as crashed.
await client.registerProcess({
  id: processId,
  host: hostname(),
  pid: process.pid,
  bootId: null,
  startToken: null,
  startedAt: Date.now(),
});
await perSecond(
  ids.slice(0, Math.ceil(runs / 10)).map(() => randomUUID()),
  createAndComplete,
);
const floor = await perSecond(ids, () => client.readServerInfo());
const completed = await perSecond(ids, createAndComplete);
const reads = await perSecond(ids, read);
const lists = await perSecond(ids, list);
await client.endProcess(processId);
process.stdout.write(`${JSON.stringify({ floor, completed, reads, lists })}\n`);
