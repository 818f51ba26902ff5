/**
 * A process that runs flows: the product's engine over its client. What app/execute-one-run.ts and app/execute-runs.ts do
 * around the engine is done here in their order, without a real process.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Client } from "../../../packages/millrace/src/client/create-client.ts";
import { MillraceError } from "../../../packages/millrace/src/contract/errors.ts";
import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import { type Runtime, runtimeSlot } from "../../../packages/millrace/src/contract/runtime.ts";
import { Engine } from "../../../packages/millrace/src/engine/engine.ts";
import { uuidv7 } from "../../../packages/millrace/src/kit/ids.ts";
import { createMasker } from "../../../packages/millrace/src/kit/mask.ts";
import { createJsonSerializer } from "../../../packages/millrace/src/results/json-serializer.ts";
import type { AnyFlow } from "../../../packages/millrace/src/testing/subjects.ts";
import { definitionOf } from "../../../packages/millrace/src/testing/subjects.ts";
import { noteEffect } from "../world/effects.ts";
import type { World } from "../world/world.ts";
import { heldInMemory } from "./memory-storage.ts";
import type { SimProcess } from "./sim-process.ts";

export interface FlowProcess {
  readonly process: SimProcess;
  readonly engine: Engine;
}

const limits = {
  inlineResult: 65_536,
  flowConcurrency: 8,
  bodyConcurrency: 100,
  bodyCalls: 1_000_000,
  attentionMs: 1000,
  graceMs: 2000,
  driftSettleMs: 100,
  longSleepMs: null,
  logLevel: "info",
} as const;

export function startFlowProcess(world: World, { process, api }: { process: SimProcess; api: Client }): FlowProcess {
  const { clock } = process;
  const engine = new Engine({
    api,
    clock,
    newId: uuidv7,
    random: world.random(`${process.name} engine`),
    masker: createMasker(),
    serializer: createJsonSerializer(),
    serializerNamed: async () => null,
    storage: heldInMemory,
    storages: new Map([[heldInMemory.name, heldInMemory]]),
    observer: null,
    identity: { host: process.name, bootId: null, pid: world.nextNumber(), startToken: null },
    // Whoever has none renews its lease when it looks what others want.
    createHeartbeat: null,
    deadlines: null,
    createPool: () => Promise.reject(new Error("bodies run in their own process here")),
    vault: () => Promise.reject(new Error("nothing is sealed here")),
    readEnvironment: () => undefined,
    describeEnvironment: () => ({ now: { platform: "simulated" }, later: null }),
    versionOf: () => null,
    findTracer: () => null,
    programTrace: null,
    limits,
  });
  return { process, engine };
}

/** Which process the running code is in. */
const currentProcess = new AsyncLocalStorage<FlowProcess>();

export function thisProcess(): FlowProcess {
  const found = currentProcess.getStore();
  if (found === undefined) throw new Error("This code is in no simulated process");
  return found;
}

/** What is to run later, in the process that asks for it now. */
export function inThisProcess(run: () => void): () => void {
  const flowProcess = currentProcess.getStore();
  return flowProcess === undefined ? run : () => currentProcess.run(flowProcess, run);
}

/** Log lines that an engine could not record are told of by a warning of its process. Returns what ends that. */
function hearWarnings(): () => void {
  const before = Reflect.get(process, "emitWarning") as typeof process.emitWarning;
  process.emitWarning = (() => {
    const name = currentProcess.getStore()?.process.name;
    if (name !== undefined) noteEffect({ kind: "logs-lost", process: name });
  }) as typeof process.emitWarning;
  return () => {
    process.emitWarning = before;
  };
}

/** What the SDK calls in a world is done by the engine of the process that calls it. Returns what ends that. */
export function seatEngines(): () => void {
  const slot = runtimeSlot();
  const before = slot.runtime;
  const stopHearing = hearWarnings();
  slot.runtime = new Proxy({} as Runtime, {
    get(_, name) {
      const { engine } = thisProcess();
      const member: unknown = Reflect.get(engine, name);
      return typeof member === "function" ? member.bind(engine) : member;
    },
  });
  return () => {
    stopHearing();
    slot.runtime = before;
  };
}

/** Executes a run that was claimed for this process, to its recorded end. Never rejects. */
export async function executeRun(
  flowProcess: FlowProcess,
  { run, flow, mode }: { readonly run: FlowRun; readonly flow: AnyFlow; readonly mode: "start" | "resume" | "retry" },
): Promise<void> {
  const { engine, process } = flowProcess;
  noteEffect({ kind: "owns", process: process.name, epoch: run.epoch });
  const execution = currentProcess.run(flowProcess, () =>
    engine.continueFlow({ run, definition: definitionOf(flow), parameters: engine.decode(run.parameters), mode }),
  );
  await execution.catch(() => undefined);
}

/** A flow that is called at the top of a program. Never rejects. */
export async function callFlow(
  flowProcess: FlowProcess,
  {
    flow,
    parameters,
    onCreated,
  }: { readonly flow: AnyFlow; readonly parameters: unknown; readonly onCreated: (run: FlowRun) => void },
): Promise<void> {
  const { engine, process } = flowProcess;
  noteEffect({ kind: "owns", process: process.name, epoch: 1 });
  const execution = currentProcess.run(flowProcess, () =>
    engine.startFlow({ definition: definitionOf(flow), parameters, onCreated }),
  );
  await execution.catch(() => undefined);
}

/** What a process does that is told to end: its runs end as interrupted. */
export function interruptRuns({ engine }: FlowProcess, signal: string): void {
  for (const each of engine.activeRuns)
    each.stop(new MillraceError("INTERRUPTED", { kind: "Flow run", id: each.id, signal }));
}
