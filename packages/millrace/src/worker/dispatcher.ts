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
import type { ProposedStart } from "../contract/record.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { abortable } from "../kit/signal.ts";
import { type ActiveRun, createActiveWatch, toActiveRun } from "./active-watch.ts";
import { type DispatchReport, describeTrouble } from "./dispatch-report.ts";
import type { Infrastructure, Job, Place } from "./infrastructure.ts";
import { createLostClaims } from "./lost-claims.ts";
import { settleRun } from "./settle-run.ts";
import { isStartedWith, startedDeployment } from "./started-deployment.ts";

/** Runs are found so long before they are due, in ms, so that they start on time and their processes are ready. */
const lookaheadMs = 10_000;
/** How often runs are looked for that were claimed and not started, in ms, at the least. */
const lostEveryMs = 60_000;
/** Each look finds what is due until the next one, and so long after, in ms. */
const soonMs = 1000;
/** Runs whose time is waited for at once. */
const maxPlanned = 100;
/** Between two looks however often it is woken, in ms. */
const leastMs = 5;
/** How often it is planned what is due next, in ms. */
const planEveryMs = 3000;
/** After a look that failed, in ms. */
const retryMs = 1000;
/** Where a run is executed is written down so long after its start, in ms. */
const describeAfterMs = 250;
/** A proposal that was not answered is made again so often. */
const maxTries = 5;

export type DispatcherApi = Pick<
  Api,
  | "readObject"
  | "readDeploymentVersion"
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
  /** A run is claimed and handed to its process so long before it is due, in ms, and waits there. */
  readonly headStartMs: number;
  /** How long runs may go on after `stop()`, in ms. */
  readonly drainMs: number;
  /** How long a run that was claimed may take to start, in ms. */
  readonly startWithinMs: number;
  /** The runs that are for it, and others like it. */
  readonly where: Condition;
  /** Runs that are due at `before` or earlier, the first to start first. The answer may wait for one as long as is said, in ms. */
  readonly findDue: (request: {
    readonly before: number;
    readonly limit: number;
    readonly waitMs?: number;
  }) => Promise<readonly FlowRun[]>;
  /** How long it is let wait, in ms. Default 0: it is asked every so often. */
  readonly waitMs?: number;
  readonly onReport: (report: DispatchReport) => void;
}

export interface Dispatcher {
  /** Runs that are under way. */
  readonly activeRuns: number;
  /** Something may be due. */
  wake(): void;
  /** Resolves when every run that it started has ended and is settled. Called again, it interrupts them at once. */
  stop(): Promise<void>;
}

interface Found {
  readonly run: FlowRun;
  readonly deployment: Deployment;
}

interface Planned extends Found {
  readonly timer: Timer;
}

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { api, clock, infrastructure, limit, everyMs, headStartMs, drainMs, startWithinMs, where, findDue, onReport } =
    options;
  /** What is looked for now and then is not looked for while an answer waits. */
  const askMs = Math.min(options.waitMs ?? 0, Math.floor(startWithinMs / 2));
  const active = new Map<string, ActiveRun>();
  const isUnderWay = (id: string): boolean => active.has(id);
  const lostClaims = createLostClaims({ api, clock, infrastructure, where, isUnderWay, startWithinMs });
  const watch = createActiveWatch({ api, clock, active });
  const ends = new Set<Promise<void>>();
  /** Runs that wait for their time, by their ids and what they were when they were found. */
  const planned = new Map<string, Planned>();
  /**
   * Deployments as they were a moment ago, whose changes are seen all the same: the orchestrator says which version a run
   * starts with.
   */
  const known = new Map<string, Deployment>();
  /** Runs that were told to wait: since which state, and until when by the monotonic clock, as the machine's time may be wrong. */
  const told = new Map<string, { readonly stateAt: number; readonly until: number }>();
  const stopping = new AbortController();
  let nap: AbortController | null = null;
  let isWoken = false;
  let plannedAt: number | null = null;
  let lostAt: number | null = null;
  let isInterrupted = false;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const restMs = await look();
      await clock.sleep(leastMs);
      if (restMs > 0) await rest(restMs);
    }
  }

  /** Until it is woken, or it is time. */
  async function rest(ms: number): Promise<void> {
    if (!isWoken && !stopping.signal.aborted) {
      nap = new AbortController();
      await clock.sleep(ms, nap.signal).catch(() => undefined);
      nap = null;
    }
    isWoken = false;
  }

  function wake(): void {
    isWoken = true;
    nap?.abort();
  }

  /** How long to rest before the next one, in ms. */
  async function look(): Promise<number> {
    const free = limit - active.size;
    if (free <= 0) return everyMs;
    try {
      const now = clock.now();
      const askedAt = clock.monotonic();
      // The first time it is seen at once what there is.
      const waitMs = plannedAt === null ? 0 : askMs;
      const found = await find({
        before: now + everyMs + soonMs,
        limit: free + planned.size + told.size,
        ...(waitMs === 0 ? {} : { waitMs }),
      });
      for (const each of found) plan(each);
      const isTold = found.length > 0 || clock.monotonic() - askedAt >= waitMs / 2;
      await lookFurther();
      // An answer that did not wait although there was nothing is of somebody who does not do so.
      return askMs > 0 && isTold ? 0 : everyMs;
    } catch (error) {
      if (stopping.signal.aborted) return 0;
      onReport({ kind: "trouble", run: null, what: describeTrouble(error) });
      return retryMs;
    }
  }

  /** Every so often. */
  async function lookFurther(): Promise<void> {
    if (plannedAt !== null && clock.monotonic() - plannedAt < planEveryMs) return;
    planAnew(await find({ before: clock.now() + lookaheadMs, limit: Math.min(limit, maxPlanned), isAnew: true }));
    plannedAt = clock.monotonic();
    if (lostAt !== null && plannedAt - lostAt <= Math.min(lostEveryMs, startWithinMs / 2)) return;
    lostAt = plannedAt;
    await lostClaims.end();
  }

  /**
   * Those that this kind of worker can start, without those that wait for their time already unless it is planned anew. A run
   * with an owner waits within its process for its next attempt.
   */
  async function find(request: {
    readonly before: number;
    readonly limit: number;
    readonly waitMs?: number;
    readonly isAnew?: boolean;
  }): Promise<readonly Found[]> {
    const { isAnew = false, ...due } = request;
    const found: Found[] = [];
    if (isAnew) known.clear();
    const deployments = new Map<string, Deployment | null>(known);
    for (const run of await abortable(findDue(due), stopping.signal)) {
      const { id, deploymentId, ownerId } = run;
      if (deploymentId === null || ownerId !== null || active.has(id)) continue;
      if ((!isAnew && planned.has(keyOf(run))) || isToWait(run)) continue;
      const current = deployments.get(deploymentId) ?? (await api.readObject("deployment", deploymentId));
      deployments.set(deploymentId, current);
      if (current === null) continue;
      if (current.versionNumber !== undefined) known.set(deploymentId, current);
      const deployment = await startedDeployment(api, run, current);
      if (infrastructure.canRun(deployment)) found.push({ run, deployment });
    }
    return found;
  }

  /** As long as nobody has changed it since. */
  function isToWait({ id, state }: FlowRun): boolean {
    const wait = told.get(id);
    if (wait === undefined) return false;
    if (wait.stateAt === state.at && wait.until > clock.monotonic()) return true;
    told.delete(id);
    return false;
  }

  /** It was refused, and is due some time after that was said. */
  function heedWait(run: FlowRun | null): void {
    if (run?.state.type !== "SCHEDULED" || run.dueAt === null || run.dueAt <= run.state.at) return;
    told.set(run.id, { stateAt: run.state.at, until: clock.monotonic() + run.dueAt - run.state.at });
  }

  /** Begins it when it is time. What was changed meanwhile is not to be had then. */
  function plan({ run, deployment }: Found): void {
    const waitMs = (run.dueAt ?? 0) - clock.now() - headStartMs;
    if (waitMs <= 0) return begin(run, deployment);
    if (planned.size >= maxPlanned) return;
    const key = keyOf(run);
    const timer = clock.setTimer(waitMs, () => {
      planned.delete(key);
      begin(run, deployment);
    });
    planned.set(key, { run, deployment, timer });
  }

  /** What was rescheduled or cancelled meanwhile is not found any more. */
  function planAnew(found: readonly Found[]): void {
    forgetPlans();
    for (const [id, { until }] of told) if (until <= clock.monotonic()) told.delete(id);
    for (const each of found) plan(each);
    const byDeployment = Map.groupBy(planned.values(), ({ deployment }) => deployment.id);
    for (const [first, ...more] of byDeployment.values()) {
      if (first !== undefined) infrastructure.prepare(first.deployment, 1 + more.length);
    }
  }

  function forgetPlans(): void {
    for (const { timer } of planned.values()) timer.cancel();
    planned.clear();
  }

  function begin(run: FlowRun, deployment: Deployment): void {
    if (stopping.signal.aborted || active.size >= limit || active.has(run.id)) return;
    const entry = toActiveRun(run);
    active.set(run.id, entry);
    watch.begin();
    const ended = see(entry, deployment)
      .catch((error: unknown) => onReport({ kind: "trouble", run, what: describeTrouble(error) }))
      .finally(() => {
        active.delete(run.id);
        ends.delete(ended);
        wake();
      });
    ends.add(ended);
  }

  async function see(entry: ActiveRun, deployment: Deployment): Promise<void> {
    const { run } = entry;
    const taken = await infrastructure.take({ deployment, run });
    const claimed = await claim(run, toStart(taken, deployment)).catch((error: unknown) => {
      taken.giveUp();
      throw error;
    });
    if (claimed === null) return taken.giveBack();
    entry.slotLeaseId = claimed.history.findLast(({ type }) => type === "PENDING")?.details?.slotLeaseId ?? null;
    const place = await keepCode(taken, { claimed, deployment });
    const job = place.start(claimed, run.dueAt);
    entry.job = job;
    if (isInterrupted) job.interrupt();
    onReport({ kind: "started", run: claimed, infrastructureId: job.infrastructureId });
    void describe(run.id, job);
    const end = await job.ended;
    const settled = await settleRun(run.id, { end, api, clock, slotLeaseId: entry.slotLeaseId, onReport });
    if (settled === null) return;
    onReport({ kind: "ended", run: settled.run });
    if (settled.isToldByOthers) await job.tell(settled.run);
  }

  /** What the run is executed with is what is written down of its start, whatever was changed meanwhile. */
  async function keepCode(
    taken: Place,
    { claimed, deployment }: { readonly claimed: FlowRun; readonly deployment: Deployment },
  ): Promise<Place> {
    let place = taken;
    if (!isStartedWith(claimed, deployment)) {
      taken.giveBack();
      place = await infrastructure.take({
        deployment: await startedDeployment(api, claimed, deployment),
        run: claimed,
      });
    }
    const { pinnedSteps } = place;
    if (pinnedSteps !== null) await api.updateFlowRun(claimed.id, { extra: { pulledSteps: pinnedSteps } });
    return place;
  }

  /** For people, once the run has begun: what is not written down changes nothing. */
  async function describe(id: string, { infrastructureId, entrypoint }: Job): Promise<void> {
    await clock.sleep(describeAfterMs);
    const extra = { infrastructurePid: infrastructureId };
    await api.updateFlowRun(id, { extra, ...(entrypoint === null ? {} : { entrypoint }) }).catch(() => undefined);
  }

  /** Null when the run is not to be had: another has it, or has run it since it was found, or there is no slot for it. */
  async function claim(run: FlowRun, start: ProposedStart | null): Promise<FlowRun | null> {
    const transitionId = uuidv7();
    const state = { type: "PENDING", name: "Pending", details: { transitionId } } as const;
    for (let tries = 1; ; tries++) {
      try {
        const { decision, run: after } = await api.proposeFlowRunState({
          id: run.id,
          state,
          stateAt: run.state.at,
          guest: true,
          ...(start === null ? {} : { start }),
        });
        if (decision.answer === "ACCEPT") return after;
        // The answer to an earlier try was lost.
        if (after?.history.some(({ details }) => details?.transitionId === transitionId) === true) return after;
        heedWait(after);
        return null;
      } catch (error) {
        if (tries === maxTries) throw error;
        await clock.sleep(retryMs);
      }
    }
  }

  function interruptAll(): void {
    isInterrupted = true;
    for (const { job } of active.values()) job?.interrupt();
  }

  const looping = loop();
  return {
    get activeRuns() {
      return active.size;
    },
    wake,
    async stop() {
      if (stopping.signal.aborted) interruptAll();
      stopping.abort();
      forgetPlans();
      wake();
      await looping;
      const drain = clock.setTimer(drainMs, interruptAll);
      while (ends.size > 0) await Promise.all(ends);
      drain.cancel();
      await infrastructure.close();
    },
  };
}

/** What is to be written down of the code first is not begun at once. */
function toStart({ holder, pinnedSteps }: Place, { versionNumber }: Deployment): ProposedStart | null {
  return holder === null || pinnedSteps !== null ? null : { process: holder, version: versionNumber ?? null };
}

/** A run that was rescheduled is another one to wait for. */
function keyOf({ id, state }: FlowRun): string {
  return `${id} ${state.at}`;
}
