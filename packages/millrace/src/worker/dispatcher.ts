/**
 * Starts the runs that are due, and sees each to its end.
 *
 *   SCHEDULED ──found──▶ waits for its time ──claimed (PENDING)──▶ job started ──▶ RUNNING … ──▶ job seen gone ──▶ settled
 *
 *   taking ──stop()──▶ draining: takes no more, lets runs end for the grace, then interrupts them ──▶ stopped
 *
 * Who else starts the same runs may be faster: PENDING is taken by one.
 */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Deployment } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { type DispatchReport, describeTrouble } from "./dispatch-report.ts";
import type { Infrastructure, Job } from "./infrastructure.ts";
import { endLostClaims } from "./lost-claims.ts";
import { settleRun } from "./settle-run.ts";

/** Runs are found so long before they are due, in ms, so that they start on time and their processes are ready. */
const lookaheadMs = 10_000;
/** How often runs are looked for that were claimed and not started, in ms. */
const lostEveryMs = 60_000;
/** Runs whose time is waited for at once. */
const maxPlanned = 100;
/** Between two looks however often it is woken, in ms. */
const leastMs = 5;
/** How often it is planned what is due next, in ms. */
const planEveryMs = 3000;
/** After a look that failed, in ms. */
const retryMs = 1000;
/** How often it is seen whether the runs under way were cancelled, in ms. */
const watchMs = 250;
/** The lease of a deployment's slot is renewed for so long, in ms, three times as often. */
const slotLeaseMs = 300_000;
/** Where a run is executed is written down so long after its start, in ms. */
const describeAfterMs = 250;
/** A proposal that was not answered is made again so often. */
const maxTries = 5;

export type DispatcherApi = Pick<
  Api,
  | "readObject"
  | "readFlowRun"
  | "listFlowRuns"
  | "proposeFlowRunState"
  | "updateFlowRun"
  | "endProcess"
  | "renewSlots"
  | "giveBackSlots"
>;

export interface DispatcherOptions {
  readonly api: DispatcherApi;
  readonly clock: Clock;
  readonly infrastructure: Infrastructure;
  /** Runs at the same time. */
  readonly limit: number;
  /** How often it is looked for runs that are due when nobody wakes it, in ms. */
  readonly everyMs: number;
  /** How long runs may go on after `stop()`, in ms. */
  readonly drainMs: number;
  /** Runs that are due at `before` or earlier, the first to start first. */
  /** The runs that are for it, and others like it. */
  readonly where: Condition;
  readonly findDue: (request: { readonly before: number; readonly limit: number }) => Promise<readonly FlowRun[]>;
  readonly onReport: (report: DispatchReport) => void;
}

export interface Dispatcher {
  /** Something may be due. */
  wake(): void;
  /** Resolves when every run that it started has ended and is settled. Called again, it interrupts them at once. */
  stop(): Promise<void>;
}

interface Found {
  readonly run: FlowRun;
  readonly deployment: Deployment;
}

interface Active {
  readonly run: FlowRun;
  job: Job | null;
  isCancelled: boolean;
  slotLeaseId: string | null;
}

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { api, clock, infrastructure, limit, everyMs, drainMs, where, findDue, onReport } = options;
  const active = new Map<string, Active>();
  const ends = new Set<Promise<void>>();
  /** Runs that wait for their time. */
  let timers: readonly Timer[] = [];
  const stopping = new AbortController();
  let nap: AbortController | null = null;
  let isWoken = false;
  let plannedAt: number | null = null;
  let lostAt: number | null = null;
  let isInterrupted = false;
  let watches = 0;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const isDone = await look();
      await clock.sleep(leastMs);
      await rest(isDone ? everyMs : retryMs);
    }
  }

  /** Until it is woken, or it is time. */
  async function rest(ms: number): Promise<void> {
    if (!isWoken && !stopping.signal.aborted) {
      nap = new AbortController();
      await clock.sleep(ms, nap.signal).catch(() => undefined);
      nap = null;
    }
    if (isWoken) plannedAt = null;
    isWoken = false;
  }

  function wake(): void {
    isWoken = true;
    nap?.abort();
  }

  /** False when the orchestrator did not answer. */
  async function look(): Promise<boolean> {
    const free = limit - active.size;
    if (free <= 0) return true;
    try {
      const now = clock.now();
      for (const { run, deployment } of await find({ before: now, limit: free })) begin(run, deployment);
      if (plannedAt !== null && clock.monotonic() - plannedAt < planEveryMs) return true;
      plan(await find({ before: now + lookaheadMs, limit: Math.min(limit, maxPlanned) }));
      plannedAt = clock.monotonic();
      if (lostAt === null || plannedAt - lostAt > lostEveryMs) {
        lostAt = plannedAt;
        await endLostClaims({ api, clock, infrastructure, where });
      }
      return true;
    } catch (error) {
      onReport({ kind: "trouble", run: null, what: describeTrouble(error) });
      return false;
    }
  }

  /** Those that this kind of worker can start. A run with an owner waits within its process for its next attempt. */
  async function find(request: { readonly before: number; readonly limit: number }): Promise<readonly Found[]> {
    const found: Found[] = [];
    const deployments = new Map<string, Deployment | null>();
    for (const run of await findDue(request)) {
      const { id, deploymentId, ownerId } = run;
      if (deploymentId === null || ownerId !== null || active.has(id)) continue;
      const deployment = deployments.get(deploymentId) ?? (await api.readObject("deployment", deploymentId));
      deployments.set(deploymentId, deployment);
      if (deployment !== null && infrastructure.canRun(deployment)) found.push({ run, deployment });
    }
    return found;
  }

  /** Each look plans anew: what was rescheduled or cancelled meanwhile is not found any more. */
  function plan(found: readonly Found[]): void {
    for (const timer of timers) timer.cancel();
    const now = clock.now();
    const upcoming = found.filter(({ run }) => run.dueAt !== null && run.dueAt > now);
    timers = upcoming.map(({ run, deployment }) =>
      clock.setTimer((run.dueAt ?? now) - now, () => begin(run, deployment)),
    );
    const byDeployment = Map.groupBy(upcoming, ({ deployment }) => deployment.id);
    for (const [first, ...more] of byDeployment.values()) {
      if (first !== undefined) infrastructure.prepare(first.deployment, 1 + more.length);
    }
  }

  function begin(run: FlowRun, deployment: Deployment): void {
    if (stopping.signal.aborted || active.size >= limit || active.has(run.id)) return;
    const entry: Active = { run, job: null, isCancelled: false, slotLeaseId: null };
    active.set(run.id, entry);
    if (active.size === 1) watchSoon();
    const ended = see(entry, deployment)
      .catch((error: unknown) => onReport({ kind: "trouble", run, what: describeTrouble(error) }))
      .finally(() => {
        active.delete(run.id);
        ends.delete(ended);
        wake();
      });
    ends.add(ended);
  }

  async function see(entry: Active, deployment: Deployment): Promise<void> {
    const { run } = entry;
    const place = await infrastructure.take({ deployment, run });
    const claimed = await claim(run).catch((error: unknown) => {
      place.giveBack();
      throw error;
    });
    if (claimed === null) return place.giveBack();
    entry.slotLeaseId = claimed.state.details?.slotLeaseId ?? null;
    const job = place.start(claimed);
    entry.job = job;
    if (isInterrupted) job.interrupt();
    onReport({ kind: "started", run: claimed, infrastructureId: job.infrastructureId });
    void describe(run.id, job);
    const end = await job.ended;
    const settled = await settleRun(run.id, { end, api, clock, slotLeaseId: entry.slotLeaseId, onReport });
    if (settled !== null) onReport({ kind: "ended", run: settled });
  }

  /** For people, once the run has begun: what is not written down changes nothing. */
  async function describe(id: string, { infrastructureId, entrypoint }: Job): Promise<void> {
    await clock.sleep(describeAfterMs);
    const extra = { infrastructurePid: infrastructureId };
    await api.updateFlowRun(id, { extra, ...(entrypoint === null ? {} : { entrypoint }) }).catch(() => undefined);
  }

  /** Null when the run is not to be had: another has it, or has run it since it was found, or there is no slot for it. */
  async function claim(run: FlowRun): Promise<FlowRun | null> {
    const transitionId = uuidv7();
    const state = { type: "PENDING", name: "Pending", details: { transitionId } } as const;
    for (let tries = 1; ; tries++) {
      try {
        const { decision, run: after } = await api.proposeFlowRunState({
          id: run.id,
          state,
          stateAt: run.state.at,
          guest: true,
        });
        if (decision.answer === "ACCEPT") return after;
        // The answer to an earlier try was lost.
        return after?.state.details?.transitionId === transitionId ? after : null;
      } catch (error) {
        if (tries === maxTries) throw error;
        await clock.sleep(retryMs);
      }
    }
  }

  function watchSoon(): void {
    clock.setTimer(watchMs, () => void watch(), { background: true });
  }

  async function watch(): Promise<void> {
    if (active.size === 0) return;
    try {
      await cancelThoseThatWere();
      if (++watches % Math.ceil(slotLeaseMs / 3 / watchMs) === 0) await renewSlots();
    } catch {
      // The orchestrator does not answer now; the next look tells.
    }
    if (active.size > 0) watchSoon();
  }

  async function cancelThoseThatWere(): Promise<void> {
    const ids = [...active.values()]
      .filter(({ job, isCancelled }) => job !== null && !isCancelled)
      .map(({ run }) => run.id);
    if (ids.length === 0) return;
    const page = { limit: ids.length };
    const { items } = await api.listFlowRuns({ ids, stateTypes: ["CANCELLING"] }, "created-asc", page);
    for (const { id } of items) {
      const entry = active.get(id);
      if (entry === undefined) continue;
      entry.isCancelled = true;
      entry.job?.cancel();
    }
  }

  async function renewSlots(): Promise<void> {
    for (const { slotLeaseId } of active.values()) {
      if (slotLeaseId !== null) await api.renewSlots(slotLeaseId, slotLeaseMs);
    }
  }

  function interruptAll(): void {
    isInterrupted = true;
    for (const { job } of active.values()) job?.interrupt();
  }

  const looping = loop();
  return {
    wake,
    async stop() {
      if (stopping.signal.aborted) interruptAll();
      stopping.abort();
      for (const timer of timers) timer.cancel();
      wake();
      await looping;
      const drain = clock.setTimer(drainMs, interruptAll);
      while (ends.size > 0) await Promise.all(ends);
      drain.cancel();
      await infrastructure.close();
    },
  };
}
