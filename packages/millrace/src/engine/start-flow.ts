/** How a flow run comes into being: created for a root call or a subflow, or taken up again from its record. */

import type { FlowDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Entrypoint, FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import type { FlowRunInfo } from "../contract/runtime.ts";
import { findSecretParameters } from "../contract/secret-parameters.ts";
import { traceLabel, traceOf } from "../contract/trace-labels.ts";
import { isTerminal } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { randomName } from "../kit/names.ts";
import type { TracePlace } from "../kit/tracing.ts";
import { fillTemplate } from "../kit/template.ts";
import { droppedByRetry, droppedByStartingFrom } from "../rules/dropped-by-retry.ts";
import { earlierAttempts } from "../rules/earlier-attempts.ts";
import { ActiveRun } from "./active-run.ts";
import type { OnDrift } from "./drift-watch.ts";
import type { Engine } from "./engine.ts";
import { messageOf } from "./outcome.ts";
import { validateParameters } from "./parameters.ts";
import { adoptRecords } from "./records.ts";
import { decodeResult } from "./results.ts";
import { FlowExecution } from "./run-flow.ts";
import { fromRecordedError } from "./recorded-errors.ts";
import { type FlowTrace, traceFlow, withTraceOfRun } from "./trace.ts";
import { joinTags, maskTags, shorten } from "./task-work.ts";

/** Where a flow is called from: nothing, or a call in another run. */
export interface FlowCaller {
  readonly parent: ActiveRun | null;
  /** Of the task run of kind "flow" that stands for it in its parent. */
  readonly taskRunId: string | null;
  /** When that task run ended before it was begun again, in ms since the epoch; null for a first time. */
  readonly droppedEndAt: number | null;
  readonly tags: readonly string[];
  /** Slots that its callers hold. */
  readonly heldSlots: readonly string[];
  readonly outer: { readonly signal: AbortSignal };
  /** Where in a trace; null where that is told by what runs, or nothing is traced. */
  readonly place: TracePlace | null;
}

export interface FlowStart {
  readonly definition: FlowDefinition;
  readonly parameters: unknown;
  readonly caller: FlowCaller;
  readonly id?: string;
  readonly runName?: string;
  readonly entrypoint?: Entrypoint | null;
  readonly adopts?: FlowRun["adopts"];
  readonly onDrift?: OnDrift;
  /** Told of the run as soon as it is recorded. */
  readonly onCreated?: (run: FlowRun) => void;
}

/** Checks the parameters, records the run as this process's own, and executes it. */
export async function startFlow(engine: Engine, start: FlowStart): Promise<unknown> {
  const { definition, caller } = start;
  const parameters = await validateParameters(definition, start.parameters);
  const encoded = encodeParameters(engine, definition, parameters);
  await engine.lease.ensure();
  const made = toNewRun(engine, start, parameters, encoded);
  const trace = traceFlow(engine.ports, made, caller.place);
  const newRun = trace === null ? made : withTraceOfRun(made, trace);
  if (start.id === undefined && newRun.adopts == null) return startAtOnce(engine, { start, newRun, parameters, trace });
  const { run, isNew } = await engine.journal.create(newRun);
  tellOfCreated(start, run);
  if (!isNew && isOwn(engine, run)) {
    return continueFlow(engine, { run, definition, parameters, caller, mode: "resume", onDrift: start.onDrift });
  }
  if (!isNew) return takeUp(engine, { run, definition, parameters, caller });
  const active = activate(engine, {
    run,
    definition,
    parameters,
    caller,
    mode: "start",
    onDrift: start.onDrift,
    trace,
  });
  await adopt(engine, active, run);
  return execute(engine, { active, definition, parameters, run });
}

/**
 * A run whose id is new cannot be known. Its function begins when the ledger has it, so that it is seen although the function
 * blocks the event loop; that it is on a disk is waited for with its first task.
 */
async function startAtOnce(
  engine: Engine,
  {
    start,
    newRun,
    parameters,
    trace,
  }: {
    readonly start: FlowStart;
    readonly newRun: NewFlowRun;
    readonly parameters: unknown;
    readonly trace: FlowTrace | null;
  },
): Promise<unknown> {
  const { definition, caller } = start;
  const { run } = await engine.journal.begun(newRun);
  tellOfCreated(start, run);
  const active = activate(engine, {
    run,
    definition,
    parameters,
    caller,
    mode: "start",
    onDrift: start.onDrift,
    trace,
  });
  return execute(engine, { active, definition, parameters, run });
}

/** The run is this process's own: whatever goes wrong with who wanted to know of it, it is executed. */
function tellOfCreated({ onCreated }: FlowStart, run: FlowRun): void {
  try {
    onCreated?.(run);
  } catch (error) {
    const message = `Who waited for flow run ${run.id} to be created failed: ${messageOf(error)}`;
    process.emitWarning(message, { type: "MillraceWarning" });
  }
}

/**
 * This process has the run, and has nothing of it under way: the database had made it before it failed to say so, and was
 * asked again; or its end here could not be recorded.
 */
function isOwn(engine: Engine, { id, ownerId }: FlowRun): boolean {
  return ownerId === engine.lease.id && !engine.executes(id);
}

/** A subflow whose run an earlier process began: its recorded end, or its execution from the top. */
async function takeUp(
  engine: Engine,
  {
    run,
    definition,
    parameters,
    caller,
  }: { run: FlowRun; definition: FlowDefinition; parameters: unknown; caller: FlowCaller },
): Promise<unknown> {
  const mode = caller.parent?.mode === "retry" || wasDropped(run, caller) ? "retry" : "resume";
  if (run.state.type === "COMPLETED" && run.result !== null && run.result.storage !== "none") {
    return decodeResult(run.result, definition.options, engine.ports);
  }
  if (mode === "resume" && run.state.type === "FAILED" && run.error !== null) {
    throw fromRecordedError(run.error, engine.ports.serializer);
  }
  const claimed = await claim(engine, run, mode);
  return continueFlow(engine, { run: claimed, definition, parameters, caller, mode });
}

/** Its end was told to the parent, which has tried again since and dropped it. */
function wasDropped({ state }: FlowRun, { droppedEndAt }: FlowCaller): boolean {
  return state.type !== "COMPLETED" && droppedEndAt !== null && state.at <= droppedEndAt;
}

/** A run whose result was not kept has completed and is computed again: only a force goes past its end. */
async function claim(engine: Engine, run: FlowRun, mode: "resume" | "retry"): Promise<FlowRun> {
  const { api } = engine.ports;
  if (run.state.type === "COMPLETED") {
    const force = "its result was not kept and is computed again";
    await api.proposeFlowRunState({ id: run.id, state: { type: "PENDING", name: "Pending" }, force });
    return api.claimFlowRun({ id: run.id, processId: engine.lease.id, mode });
  }
  return api.claimFlowRun({ id: run.id, processId: engine.lease.id, mode });
}

export interface FlowContinuation {
  /** Claimed by this process. */
  readonly run: FlowRun;
  readonly definition: FlowDefinition;
  readonly parameters: unknown;
  readonly caller: FlowCaller;
  readonly mode: "start" | "resume" | "retry";
  readonly onDrift?: OnDrift | undefined;
}

/** Executes a claimed run from the top, over what it recorded before. */
export async function continueFlow(engine: Engine, continuation: FlowContinuation): Promise<unknown> {
  const { run, definition, parameters, caller } = continuation;
  const trace = traceFlow(engine.ports, run, caller.place);
  if (trace !== null) await keepTrace(engine, run, trace);
  const active = activate(engine, { ...continuation, trace });
  const isNew = continuation.mode === "start" && run.runCount <= 1;
  const records = isNew ? [] : await engine.ports.api.readRecords(run.id);
  const retriedAt = continuation.mode === "retry" ? undefined : earlierAttempts(run.history).retriedAt;
  active.take(records, droppedByRetry(records, retriedAt));
  await adopt(engine, active, run, records);
  return execute(engine, { active, definition, parameters, run });
}

/** A run that was not asked for within a trace is told what trace it is in. That it cannot be does not keep it from running. */
async function keepTrace(engine: Engine, run: FlowRun, trace: FlowTrace): Promise<void> {
  if (traceOf(run.extra) !== null) return;
  const labels = { ...run.extra.labels, [traceLabel]: trace.span.carrier.traceparent };
  await engine.ports.api.updateFlowRun(run.id, { extra: { labels } }).catch(() => undefined);
}

/**
 * Adds the records of the run whose results this one takes; its own come first. A step that is gone by now, as that of a run
 * which was deleted while this one waited for a worker, leaves nothing to take: everything runs.
 */
async function adopt(engine: Engine, active: ActiveRun, run: FlowRun, own: readonly TaskRun[] = []): Promise<void> {
  if (run.adopts === null) return;
  const { runId, until } = run.adopts;
  const records = await engine.ports.api.readRecords(runId);
  const from = records.find((record) => record.id === until);
  if (until !== null && from === undefined) return;
  const dropped = new Set(droppedByRetry(records));
  if (from !== undefined) for (const id of droppedByStartingFrom(records, from)) dropped.add(id);
  const kept = records.filter((record) => !dropped.has(record.id) && isTerminal(record.state.type));
  const known = new Set(own.map(({ id }) => id));
  active.records.add(
    adoptRecords(kept, run.id).filter(({ id }) => !known.has(id)),
    new Set(),
  );
}

function activate(engine: Engine, options: FlowContinuation & { readonly trace: FlowTrace | null }): ActiveRun {
  const { run, definition, parameters, caller, mode } = options;
  return new ActiveRun({
    engine,
    info: toInfo(run, parameters),
    epoch: run.epoch,
    outer: caller.outer,
    heldSlots: caller.heldSlots,
    limit: definition.options.taskRunner?.limit ?? engine.ports.limits.flowConcurrency,
    runner: definition.options.taskRunner,
    onDrift: options.onDrift ?? caller.parent?.onDrift ?? "stop",
    mode,
    adopts: run.adopts !== null,
    hasTimeout: definition.timeoutMs !== null,
    trace: options.trace,
  });
}

async function execute(engine: Engine, options: ConstructorParameters<typeof FlowExecution>[0]): Promise<unknown> {
  const { active, definition } = options;
  engine.enter(active, definition);
  try {
    return await new FlowExecution(options).execute();
  } finally {
    engine.leave(active);
  }
}

function encodeParameters(engine: Engine, definition: FlowDefinition, parameters: unknown): string {
  try {
    return String(engine.ports.serializer.encode(parameters ?? {}));
  } catch (cause) {
    const { path = "parameters", reason = String(cause) } = cause as { path?: string; reason?: string };
    const where = path.replace(/^result/, "parameters");
    throw new MillraceError("PARAMETERS_UNSERIALIZABLE", { flow: definition.name, path: where, reason }, { cause });
  }
}

function toNewRun(engine: Engine, start: FlowStart, parameters: unknown, encoded: string): NewFlowRun {
  const { definition, caller } = start;
  const { ports } = engine;
  const id = start.id ?? ports.newId();
  const at = ports.clock.now();
  const secretParameters = findSecretParameters(encoded, (text) => ports.masker.mask(text));
  const entrypoint =
    start.entrypoint ?? (definition.site === null ? null : { module: definition.site.module, export: null });
  return {
    id,
    flowName: definition.name,
    name: start.runName ?? nameRun(engine, definition, parameters),
    parameters: encoded,
    tags: maskTags(joinTags(caller.tags, definition.options.tags ?? []), ports.masker),
    parentRunId: caller.parent?.id ?? null,
    parentTaskRunId: caller.taskRunId,
    rootRunId: caller.parent?.info.rootRunId ?? id,
    adopts: start.adopts ?? null,
    version: definition.options.version ?? definition.codeHash,
    entrypoint,
    environment: ports.describeEnvironment().now,
    states: [
      { type: "PENDING", name: "Pending", at },
      { type: "RUNNING", name: "Running", at: at + 0.001 },
    ],
    ownerId: engine.lease.id,
    ...(secretParameters.length === 0 ? {} : { extra: { secretParameters } }),
  };
}

function nameRun(engine: Engine, definition: FlowDefinition, parameters: unknown): string {
  const { runName } = definition.options;
  if (runName === undefined) return randomName(engine.ports.random);
  try {
    const name =
      typeof runName === "function"
        ? String((runName as (parameters: unknown) => string)(parameters))
        : fillTemplate(runName, { ...(parameters as object), flow: { name: definition.name } });
    return shorten(engine.ports.masker.mask(name));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MillraceError(
      "OPTION_INVALID",
      { definition: `Flow \`${definition.name}\``, option: "runName", reason },
      { cause: error },
    );
  }
}

function toInfo(run: FlowRun, parameters: unknown): FlowRunInfo {
  return {
    id: run.id,
    name: run.name,
    flowName: run.flowName,
    parameters,
    tags: run.tags,
    attempt: 1,
    scheduledAt: run.expectedAt,
    deploymentId: run.deploymentId,
    parentRunId: run.parentRunId,
    rootRunId: run.rootRunId,
    version: run.version,
  };
}
