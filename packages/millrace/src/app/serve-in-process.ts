/**
 * Deployments whose runs are executed in this very process, at the times of a clock that it is given: what a test ledger does
 * with `serve()` and `deploy()`. It does what a server's scheduler and a worker do, without their intervals: it looks when
 * something was recorded, and when the next run is due.
 */

import type { Api } from "../contract/api.ts";
import type { FlowDefinition } from "../contract/definitions.ts";
import type { DeploymentToSave, SavedDeployment } from "../contract/deployments.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { DeployRequest, PlannedDeployment, ServeRequest, Serving } from "../contract/serving.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import { findNextSchedule } from "../loops/next-look.ts";
import { createSchedulerLoop } from "../loops/scheduler.ts";
import { deployFlows } from "./deploy-flows.ts";
import { prepareFlow } from "./prepare-flow.ts";

export interface InProcessServingOptions {
  /** The process that executes runs now: another after one has died. */
  readonly current: () => Promise<{ readonly api: Api; readonly engine: Engine }>;
  readonly clock: Pick<Clock, "now" | "monotonic" | "sleep" | "setTimer">;
  /** Told of what went wrong beside the runs. */
  readonly onTrouble: (error: unknown) => void;
}

export interface InProcessServing extends Serving {
  /** Saves deployments, and executes their runs from now on. */
  add(deployments: readonly PlannedDeployment[], options?: ServedTogether): Promise<readonly SavedDeployment[]>;
  /** Something may be due. */
  wake(): void;
  /** Starts no more runs. What `serve()` gave back resolves. */
  stop(): void;
}

export interface ServedTogether {
  /** Runs of them at the same time. Default: as many as there are. */
  readonly limit?: number;
}

/** Deployments that share a limit. */
interface Group {
  readonly limit: number;
  readonly definitions: ReadonlyMap<string, FlowDefinition>;
  readonly active: Set<Promise<void>>;
}

/**
 * A time that has come already is looked at again after so long, in ms. What is due sooner than that is due: times that follow each
 * other at once are told apart by microseconds.
 */
const leastMs = 1;
/** The lease of a deployment's slot, in ms: a run of virtual time may take years. */
const slotLeaseMs = 100 * 365 * 86_400_000;

export function createInProcessServing(options: InProcessServingOptions): InProcessServing {
  const { current, clock, onTrouble } = options;
  const groups = new Set<Group>();
  const stopped = Promise.withResolvers<void>();
  const underWay = new Set<string>();
  let isStopped = false;
  let isLooking = false;
  let isWoken = false;
  let timer: Timer | null = null;

  function wake(): void {
    if (groups.size === 0 || isStopped) return;
    isWoken = true;
    if (!isLooking) void lookUntilCalm();
  }

  async function lookUntilCalm(): Promise<void> {
    isLooking = true;
    while (isWoken && !isStopped) {
      isWoken = false;
      const engine = await currentEngine();
      await look().catch((error: unknown) => tell(error, engine));
    }
    isLooking = false;
  }

  /** Null where there is none, and none can be opened. */
  async function currentEngine(): Promise<Engine | null> {
    return current().then(
      ({ engine }) => engine,
      () => null,
    );
  }

  /** A process that has died in between has nothing to tell: whoever has taken its place looks again. */
  async function tell(error: unknown, engine: Engine | null): Promise<void> {
    const now = await currentEngine();
    if (isStopped) return;
    if (now === engine) onTrouble(error);
    else wake();
  }

  async function look(): Promise<void> {
    const { api } = await current();
    await createSchedulerLoop({ api, clock, onBroken: (_, error) => onTrouble(error) }).tick();
    // One time for both: what is not due before it is waited for, and nothing is between.
    const before = clock.now() + leastMs;
    // A deployment that was served again is the newest one's.
    for (const group of [...groups].toReversed()) await begin(group, before);
    timer?.cancel();
    const nextAt = await findNext(api, before);
    if (nextAt !== null && !isStopped) timer = clock.setTimer(Math.max(nextAt - clock.now(), leastMs), wake);
  }

  async function begin(group: Group, before: number): Promise<void> {
    const { api, engine } = await current();
    const free = group.limit - group.active.size;
    if (free <= 0) return;
    const due = { before, ...(Number.isFinite(free) ? { limit: free } : {}) };
    for (const run of await api.findDueRunsOfDeployments({ deploymentIds: [...group.definitions.keys()], ...due })) {
      const definition = group.definitions.get(run.deploymentId ?? "");
      if (definition === undefined || run.ownerId !== null || underWay.has(run.id)) continue;
      underWay.add(run.id);
      const ended: Promise<void> = execute(run, definition)
        .catch((error: unknown) => tell(error, engine))
        .finally(() => {
          underWay.delete(run.id);
          group.active.delete(ended);
          wake();
        });
      group.active.add(ended);
    }
  }

  /** When something is due next, or a schedule is to be looked at. */
  async function findNext(api: Api, from: number): Promise<number | null> {
    const ids = [...groups].flatMap(({ definitions }) => [...definitions.keys()]);
    const where: Condition = {
      all: [
        { field: "deploymentId", in: ids },
        { field: "stateType", in: ["SCHEDULED"] },
        { field: "dueAt", atLeast: from },
      ],
    };
    const [run] = (await api.listFlowRuns({ where }, "due-asc", { limit: 1 })).items;
    const times = [run?.dueAt ?? null, await findNextSchedule({ api, clock })].filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** As a worker claims a run and its process executes it. How it ends is in the ledger. */
  async function execute(found: FlowRun, definition: FlowDefinition): Promise<void> {
    const { api, engine } = await current();
    const state = { type: "PENDING", name: "Pending" } as const;
    const proposed = await api.proposeFlowRunState({ id: found.id, state, stateAt: found.state.at, guest: true });
    if (proposed.decision.answer !== "ACCEPT") return;
    const slotLeaseId = proposed.run?.state.details?.slotLeaseId;
    try {
      // Nobody but this process could take the slot over, and it gives it back.
      if (slotLeaseId !== undefined) await api.renewSlots(slotLeaseId, slotLeaseMs);
      const run = await engine.claim(found.id, "start");
      const prepared = await prepareFlow(definition, engine.decode(run.parameters));
      await engine.continueFlow({ run, ...prepared, mode: "start" }).catch(() => undefined);
    } finally {
      const later = await current();
      if (slotLeaseId !== undefined) await later.api.giveBackSlots({ leaseId: slotLeaseId });
    }
  }

  async function save(plans: readonly PlannedDeployment[]): Promise<readonly SavedDeployment[]> {
    const { api } = await current();
    const saved: SavedDeployment[] = [];
    for (const plan of plans) saved.push(await api.saveDeployment(toSave(plan)));
    return saved;
  }

  function join(
    limit: number,
    deployments: readonly { readonly id: string; readonly definition: FlowDefinition }[],
  ): Group {
    const definitions = new Map(deployments.map(({ id, definition }) => [id, definition]));
    const group: Group = { limit, definitions, active: new Set() };
    groups.add(group);
    wake();
    return group;
  }

  async function serveTogether(
    plans: readonly PlannedDeployment[],
    { limit = Number.POSITIVE_INFINITY }: ServedTogether,
  ): Promise<{ readonly saved: readonly SavedDeployment[]; readonly group: Group }> {
    const saved = await save(plans);
    const named = saved.map(({ deployment: { id } }, index) => ({ id, definition: plans[index]?.definition }));
    return { saved, group: join(limit, named.filter(isDefined)) };
  }

  async function serve({ deployments, limit, pausesOnStop, signal, onServing }: ServeRequest): Promise<void> {
    const { group } = await serveTogether(deployments, { limit });
    onServing();
    await Promise.race([stopped.promise, aborted(signal)]);
    groups.delete(group);
    if (isStopped) return;
    const { api } = await current();
    if (pausesOnStop) for (const id of group.definitions.keys()) await api.pauseDeployment(id);
    await Promise.all(group.active);
  }

  return {
    serve,
    async add(plans, together = {}) {
      return (await serveTogether(plans, together)).saved;
    },
    async deploy(requests, deployOptions) {
      const { api } = await current();
      for (const request of requests) await ensurePool(api, request);
      const outcomes = await deployFlows(api, requests, deployOptions);
      const made = outcomes.map(({ id }, index) => ({ id, definition: requests[index]?.definition }));
      if (!deployOptions.isDryRun) join(Number.POSITIVE_INFINITY, made.filter(isDefined));
      return outcomes;
    },
    wake,
    stop() {
      isStopped = true;
      timer?.cancel();
      stopped.resolve();
    },
  };
}

function isDefined(deployment: {
  readonly id: string | null;
  readonly definition: FlowDefinition | undefined;
}): deployment is { readonly id: string; readonly definition: FlowDefinition } {
  return deployment.id !== null && deployment.definition !== undefined;
}

/** It has no code to be found: its flow is here. */
function toSave({ deployment }: PlannedDeployment): DeploymentToSave {
  return { ...deployment, path: null, entrypoint: null, pullSteps: null, workPoolId: null, workQueueId: null };
}

/** A ledger that was made just now has no pools: the one that is named is there, of a kind that can run the deployment. */
async function ensurePool(api: Api, { pool: name, deployment, build }: DeployRequest): Promise<void> {
  const { items } = await api.listObjects("work-pool", { where: { field: "name", in: [name] } }, { limit: 1 });
  if (items.length > 0) return;
  const isForImages = build.length > 0 || deployment.jobVariables?.image !== undefined;
  await api.createWorkPool({ name, type: isForImages ? "docker" : "process" });
}

function aborted(signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
