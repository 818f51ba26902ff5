/**
 * A worker: the product's dispatcher over its client, on a simulated host. Each run has a simulated process of its own, which is
 * given the run as worker/process/ does it: claimed with the dispatcher's own claim where it is known by then, else by itself.
 */

import { createClient } from "../../../packages/millrace/src/client/create-client.ts";
import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import { startLoop } from "../../../packages/millrace/src/loops/start-loop.ts";
import type { AnyFlow } from "../../../packages/millrace/src/testing/subjects.ts";
import { startDispatcher } from "../../../packages/millrace/src/worker/dispatcher.ts";
import type { Infrastructure, Job, JobEnd, Place } from "../../../packages/millrace/src/worker/infrastructure.ts";
import { createClaimant } from "../../../packages/millrace/src/worker/process/claim-for-process.ts";
import { toRecordedError } from "../../../packages/millrace/src/worker/process/process-kind.ts";
import type { Faults } from "../world/faults.ts";
import type { World } from "../world/world.ts";
import { executeRun, type FlowProcess, interruptRuns, startFlowProcess } from "./flow-process.ts";
import type { Network } from "./network.ts";
import { SimProcess } from "./sim-process.ts";

export const workerTimes = { everyMs: 3000, headStartMs: 100, startWithinMs: 5000, graceMs: 2000 };

/** How long the client waits for an answer, and asks again, in ms. */
export const clientTimes = { timeoutMs: 2500, retryForMs: 10_000 };

export interface WorkerParts {
  readonly host: SimHost;
  readonly network: Network;
  readonly faults: Faults;
  readonly workPoolId: string;
  readonly limit: number;
  readonly flowNamed: (name: string) => AnyFlow;
  readonly onTrouble: (what: string) => void;
}

/** A machine: what runs on it has one wall clock, and a network card. */
export interface SimHost {
  readonly name: string;
  readonly skewMs: number;
  /** Those that are not dead. */
  readonly processes: Set<SimProcess>;
}

export function startProcessOn(world: World, host: SimHost, what: string): SimProcess {
  const process = new SimProcess(world, `${host.name}/${what}-${world.nextNumber()}`, host.skewMs);
  host.processes.add(process);
  process.onDeath(() => host.processes.delete(process));
  return process;
}

export interface SimWorker {
  readonly process: SimProcess;
  /** It hears of an event after which a run may be due. */
  wake(): void;
}

export function startSimWorker(world: World, parts: WorkerParts): SimWorker {
  const { host, network, workPoolId, limit, onTrouble } = parts;
  const process = startProcessOn(world, host, "worker");
  const { clock } = process;
  const random = world.random(`${process.name} client`);
  const api = createClient({ url: network.url, fetch: network.fetchFor(process), clock, random, ...clientTimes });
  startLoop({
    clock,
    random,
    everyMs: 10_000,
    tick: () => api.heartbeatWorker({ workPoolId, name: host.name, heartbeatIntervalMs: 10_000, runtime: "node" }),
    onFailure: (error) => onTrouble(`heartbeat: ${String(error)}`),
  });
  const dispatcher = startDispatcher({
    api,
    clock,
    infrastructure: createInfrastructure(world, { parts, worker: process, api }),
    limit,
    ...workerTimes,
    drainMs: workerTimes.graceMs,
    where: { field: "workPoolId", in: [workPoolId] },
    findDue: (due) => api.findDueRuns({ workPoolId, ...due, runtime: "node" }),
    onReport: (report) => {
      if (report.kind === "trouble") onTrouble(report.what);
    },
  });
  return { process, wake: () => process.wake(() => dispatcher.wake()) };
}

type WorkerApi = ReturnType<typeof createClient>;

function createInfrastructure(
  world: World,
  { parts, worker, api }: { readonly parts: WorkerParts; readonly worker: SimProcess; readonly api: WorkerApi },
): Infrastructure {
  const { host, network, faults, flowNamed } = parts;

  function take(flowName: string): Place {
    const process = startProcessOn(world, host, "run");
    const random = world.random(`${process.name} client`);
    const own = createClient({
      url: network.url,
      fetch: network.fetchFor(process),
      clock: process.clock,
      random,
      ...clientTimes,
    });
    const flowProcess = startFlowProcess(world, { process, api: own });
    const holder = flowProcess.engine.lease.offer();
    // What the worker has started notices its death, unless its whole group was killed.
    worker.onDeath(() => {
      if (faults.strikes("a worker dies with all that it has started")) process.die();
      else process.wake(() => interruptRuns(flowProcess, "the death of its worker"));
    });
    const isKnown = faults.draw() < 0.7;
    return {
      pinnedSteps: null,
      holder: isKnown ? holder : null,
      giveBack: () => process.die(),
      giveUp: () => process.die(),
      start: (run) => startJob({ run, flowProcess, holder, flow: flowNamed(flowName), api, worker }),
    };
  }

  return {
    type: "process",
    canRun: () => true,
    keep: () => undefined,
    prepare: () => undefined,
    take: async ({ deployment }) => take(deployment.flowName),
    close: async () => undefined,
  };
}

interface JobParts {
  readonly run: FlowRun;
  readonly flowProcess: FlowProcess;
  readonly holder: NonNullable<Place["holder"]>;
  readonly flow: AnyFlow;
  readonly api: WorkerApi;
  readonly worker: SimProcess;
}

function startJob({ run, flowProcess, holder, flow, api, worker }: JobParts): Job {
  const { process, engine } = flowProcess;
  const { promise: ended, resolve } = Promise.withResolvers<JobEnd>();
  let end: Omit<JobEnd, "processId"> = { how: "its process was ended by SIGKILL", error: null, isRefused: false };
  process.onDeath(() => worker.wake(() => resolve({ ...end, processId: holder.id })));

  function killAfterGrace(): void {
    worker.clock.setTimer(workerTimes.graceMs, () => process.die());
  }

  async function execute(claimed: FlowRun): Promise<void> {
    engine.lease.adopt();
    await executeRun(flowProcess, { run: claimed, flow, mode: "start" });
    await engine.close().catch(() => undefined);
    end = { ...end, how: "its process ended with exit code 0" };
    process.die();
  }

  async function handOver(): Promise<void> {
    if (run.ownerId === holder.id) return process.wake(() => void execute(run));
    const claimant = createClaimant({ loaded: Promise.resolve(holder) }, { api, clock: worker.clock });
    const claim = await claimant.claim(run.id);
    if (claim === null) return;
    if (claim.run !== null) return process.wake(() => void execute(claim.run));
    end = { how: "refused", error: toRecordedError(claim.error), isRefused: claim.isRefused };
    process.die();
  }

  void handOver();
  return {
    infrastructureId: process.name,
    processId: () => holder.id,
    entrypoint: null,
    ended,
    cancel() {
      process.wake(() => void engine.lease.attend().catch(() => undefined));
      killAfterGrace();
    },
    interrupt() {
      process.wake(() => interruptRuns(flowProcess, "the end of its worker"));
      killAfterGrace();
    },
    // Its flows have no hooks.
    tell: async () => undefined,
  };
}
