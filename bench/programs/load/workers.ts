/**
 * Many workers that serve pools of a server, without the processes that they would start: node workers.ts URL PLAN, the plan as
 * JSON. Each asks what a worker asks, when it asks it: it waits for runs, looks ahead, says that it is there, claims, and ends
 * each run that it has claimed.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient, type FlowRun, isMillraceError } from "millrace/client";
import "./end-with-parent.ts";

export interface WorkersPlan {
  readonly workers: number;
  readonly pools: number;
  /** While nothing is there to do. */
  readonly idleMs: number;
  readonly runs: number;
  /** The runs are submitted over so long; every other is due some seconds later. */
  readonly submittedWithinMs: number;
  /** For all of them to be claimed, after the last submission. */
  readonly limitMs: number;
}

export interface Claims {
  readonly claimed: number;
  /** Claims of a run that was claimed before. */
  readonly duplicates: number;
  /** Proposals that were refused, as another was faster. */
  readonly refused: number;
  /** Questions and proposals that were not answered in time; a worker asks again. */
  readonly unanswered: number;
  /** From when a run was due, or could be seen if that was later, until it was claimed. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** As of worker/dispatcher.ts and app/open-workplace.ts. */
const everyMs = 3000;
const soonMs = 1000;
const lookaheadMs = 10_000;
const planEveryMs = 3000;
const waitMs = 15_000;
const heartbeatMs = 10_000;
const limit = 10;
/** After a question that was not answered. */
const retryMs = 1000;

/** Of every other run. */
const scheduledAheadMs = 3000;
const submittedAtOnce = 16;
const settleMs = 5000;

async function measure(url: string, plan: WorkersPlan): Promise<Claims> {
  const client = createClient({ url, retryForMs: 60_000 });
  const pools = await makePools(client, plan.pools);
  const claims = createClaims(client);
  const over = new AbortController();
  const workers = Array.from({ length: plan.workers }, async (_, index) => {
    // They were not all started at once.
    await sleep((index / plan.workers) * heartbeatMs);
    const pool = pools[index % pools.length];
    if (pool !== undefined) await work({ client, claims, poolId: pool.id, name: `worker-${index}`, over: over.signal });
  });
  const failed = Promise.all(workers).then(() => new Promise<never>(() => undefined));
  while (claims.known.size < plan.workers) await Promise.race([failed, sleep(100)]);
  await Promise.race([failed, sleep(settleMs)]);
  process.stdout.write("idle\n");
  await Promise.race([failed, sleep(plan.idleMs)]);
  process.stdout.write("runs\n");
  await Promise.race([failed, submit(client, { plan, pools })]);
  const until = performance.now() + plan.limitMs;
  while (claims.count < plan.runs && performance.now() < until) await sleep(100);
  process.stdout.write("over\n");
  over.abort();
  return claims.toResult(plan);
}

interface Pool {
  readonly id: string;
  readonly deploymentId: string;
}

async function makePools(client: Client, count: number): Promise<readonly Pool[]> {
  const pools: Pool[] = [];
  for (let index = 0; index < count; index++) {
    const pool = await client.createWorkPool({ name: `pool-${index}`, type: "process" });
    const { deployment } = await client.saveDeployment({
      flowName: "load",
      name: `load-${index}`,
      entrypoint: "load.ts:load",
      workPoolId: pool.id,
      workQueueId: pool.defaultQueueId ?? null,
    });
    pools.push({ id: pool.id, deploymentId: deployment.id });
  }
  return pools;
}

async function submit(
  client: Client,
  { plan, pools }: { readonly plan: WorkersPlan; readonly pools: readonly Pool[] },
): Promise<void> {
  const startedAt = performance.now();
  const queue = Array(plan.runs).keys();
  const lane = async (): Promise<void> => {
    for (const index of queue) {
      await sleep(Math.max(0, startedAt + (index / plan.runs) * plan.submittedWithinMs - performance.now()));
      const pool = pools[index % pools.length];
      if (pool === undefined) return;
      const scheduledAt =
        Math.floor(index / pools.length) % 2 === 0 ? {} : { scheduledAt: Date.now() + scheduledAheadMs };
      await client.submitRun({ deployment: pool.deploymentId, idempotencyKey: String(index), ...scheduledAt });
    }
  };
  await Promise.all(Array.from({ length: submittedAtOnce }, lane));
}

interface ClaimLog {
  readonly count: number;
  /** Workers that have said once that they are there. */
  readonly known: Set<string>;
  /** What is asked until it is answered. */
  insist<T>(ask: () => Promise<T>): Promise<T>;
  /** Claims it, if it is to be had, and ends it. */
  execute(run: FlowRun): Promise<void>;
  toResult(plan: WorkersPlan): Claims;
}

function createClaims(client: Client): ClaimLog {
  const latenciesMs = new Map<string, number>();
  let duplicates = 0;
  let refused = 0;
  let unanswered = 0;

  async function insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!isMillraceError(error) || !error.retryable) throw error;
        unanswered++;
      }
      await sleep(retryMs);
    }
  }

  /** Whether the run is in the state now, by this proposal or by one whose answer was lost. */
  async function propose(id: string, proposal: object, transitionId: string | null = null): Promise<boolean> {
    const asked = { id, guest: true, ...proposal } as Parameters<Client["proposeFlowRunState"]>[0];
    const { decision, run } = await insist(() => client.proposeFlowRunState(asked));
    if (decision.answer === "ACCEPT") return true;
    return transitionId !== null && run?.history.some(({ details }) => details?.transitionId === transitionId) === true;
  }

  return {
    get count() {
      return latenciesMs.size;
    },
    known: new Set(),
    insist,
    async execute({ id, state, dueAt, createdAt }) {
      const details = { transitionId: randomUUID() };
      const pending = { state: { type: "PENDING", name: "Pending", details }, stateAt: state.at };
      const isOurs = await propose(id, pending, details.transitionId);
      if (!isOurs) return void refused++;
      if (latenciesMs.has(id)) duplicates++;
      latenciesMs.set(id, now() - Math.max(dueAt ?? 0, createdAt));
      await propose(id, { state: { type: "RUNNING", name: "Running" } });
      await propose(id, { state: { type: "COMPLETED", name: "Completed" } });
    },
    toResult({ runs, limitMs }) {
      // What was not claimed in time is as late as can be.
      const missing = Array.from({ length: runs - latenciesMs.size }, () => limitMs);
      const sorted = [...latenciesMs.values(), ...missing].toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return {
        claimed: latenciesMs.size,
        duplicates,
        refused,
        unanswered,
        medianMs: at(0.5),
        p99Ms: at(0.99),
        maxMs: at(1),
      };
    },
  };
}

interface Job {
  readonly client: Client;
  readonly claims: ClaimLog;
  readonly poolId: string;
  readonly name: string;
  readonly over: AbortSignal;
}

async function work({ client, claims, poolId, name, over }: Job): Promise<void> {
  const active = new Set<string>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const base = { workPoolId: poolId, runtime: "node", askedBy: name } as const;
  void beat();

  async function beat(): Promise<void> {
    while (!over.aborted) {
      const heartbeat = { workPoolId: poolId, name, heartbeatIntervalMs: heartbeatMs, runtime: "node" } as const;
      await claims.insist(() => client.heartbeatWorker(heartbeat));
      claims.known.add(name);
      await sleep(heartbeatMs * (1 + Math.random() / 5));
    }
  }

  const find = (request: { before: number; limit: number; waitMs?: number }): Promise<readonly FlowRun[]> =>
    claims.insist(() => client.findDueRuns({ ...base, ...request }));

  async function start(runs: readonly FlowRun[]): Promise<number> {
    const fresh = runs.filter(({ id }) => !active.has(id) && active.size < limit);
    for (const deploymentId of new Set(fresh.flatMap((run) => run.deploymentId ?? []))) {
      await claims.insist(() => client.readObject("deployment", deploymentId));
    }
    for (const run of fresh) {
      active.add(run.id);
      void sleep(Math.max(0, (run.dueAt ?? 0) - now()))
        .then(() => claims.execute(run))
        .finally(() => active.delete(run.id));
    }
    return fresh.length;
  }

  while (!over.aborted) {
    const free = limit - active.size;
    if (free <= 0) {
      await sleep(5);
      continue;
    }
    const askedAt = performance.now();
    const before = Date.now() + everyMs + soonMs;
    const started = await start(await find({ before, limit: free, waitMs }));
    if (performance.now() - lookedAt > planEveryMs) {
      lookedAt = performance.now();
      await start(await find({ before: Date.now() + lookaheadMs, limit }));
    }
    if (started === 0 && performance.now() - askedAt < waitMs / 2) await sleep(everyMs);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

const [url = "", plan = ""] = process.argv.slice(2);
const claims = await measure(url, JSON.parse(plan) as WorkersPlan);
process.stdout.write(`${JSON.stringify(claims)}\n`);
process.exit();
