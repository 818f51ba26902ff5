/**
 * Runs flows and tasks in the user's process, over any Api. This is what the runtime slot holds once it is loaded: a call of
 * a task or a flow arrives here, gets its identity synchronously, and is executed and recorded.
 */

import type { Api } from "../contract/api.ts";
import type { FlowDefinition, TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { refuseWhileImporting } from "../contract/importing.ts";
import type { RecordBatch } from "../contract/record.ts";
import type { Artifact, Event } from "../contract/records.ts";
import type { ResultRef } from "../contract/results.ts";
import {
  type PauseSpec,
  type RunContext,
  type Runtime,
  runtimeSlot,
  type StepSpec,
  type TransactionScope,
  type TransactionSpec,
  type Vault,
} from "../contract/runtime.ts";
import type { State } from "../contract/states.ts";
import type { Clock } from "../kit/clock.ts";
import { type PreviewOptions, previewValue } from "../kit/preview.ts";
import type { ActiveRun } from "./active-run.ts";
import { BodyPools } from "./body-pools.ts";
import { contextStorage, ExecutionContext, type LogSink } from "./context.ts";
import { describeFuture, EngineFuture } from "./future.ts";
import { digestCall, type InputDigest, Scope } from "./identity.ts";
import { Journal, type Owners } from "./journal.ts";
import { collectLastWords, type ToReason } from "./last-words.ts";
import { createLogSink } from "./log-sink.ts";
import { LongSleeps } from "./long-sleeps.ts";
import { LooseTasks } from "./loose-tasks.ts";
import { mapItems } from "./map-inputs.ts";
import { pause } from "./pause.ts";
import { captureConsole } from "./pools/console-capture.ts";
import type { EnginePorts } from "./ports.ts";
import { ProcessLease } from "./process-lease.ts";
import { decodeResult } from "./results.ts";
import { runTransaction } from "./run-transaction.ts";
import { Slots } from "./slots.ts";
import { stallRuns } from "./stall.ts";
import { TagSlots } from "./tag-slots.ts";
import { continueFlow, type FlowCaller, type FlowContinuation, type FlowStart, startFlow } from "./start-flow.ts";
import { StepWork } from "./steps.ts";
import { readStream, Stream } from "./stream.ts";
import { SubflowWork } from "./subflow.ts";
import { type CallParts, type Gate, TaskExecution } from "./task-run.ts";
import { baseKeyOf, joinTags, standInFor, type TaskCalls, TaskWork } from "./task-work.ts";
import { failCycles } from "./waits.ts";
import type { Work } from "./work.ts";

const neverAborts = { signal: new AbortController().signal };
const noCaller: FlowCaller = {
  parent: null,
  taskRunId: null,
  droppedEndAt: null,
  tags: [],
  heldSlots: [],
  outer: neverAborts,
  place: null,
};
/** Times of states run ahead of a clock that was set back by at most this. */
const maxStampLeadMs = 60_000;
const nothingDigested = { digest: null, inputs: [] };

export class Engine implements Runtime {
  readonly ports: EnginePorts;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly slots: Slots;
  readonly tagSlots: TagSlots;
  readonly lease: ProcessLease;
  readonly logSink: LogSink;
  readonly longSleeps = new LongSleeps(this);
  readonly pools: BodyPools;
  readonly #runs = new Map<string, ActiveRun>();
  /** Calls outside any run that have not settled. */
  readonly #loose: LooseTasks;
  readonly #owners: Owners = {
    epochOf: (id) => this.#runs.get(id)?.epoch,
    refused: (id, epoch) => {
      const active = this.#runs.get(id);
      if (active !== undefined && active.epoch <= epoch) active.lose("another process has taken it");
    },
  };
  readonly #previewOptions: PreviewOptions;
  #capturesConsole = false;
  #lastStamp = 0;

  constructor(ports: EnginePorts) {
    const { api, clock } = ports;
    this.ports = ports;
    this.clock = clock;
    this.#previewOptions = { mask: (text) => ports.masker.mask(text), reference: describeFuture };
    this.lease = new ProcessLease(ports, this.#runs);
    const processId = this.lease.id;
    const { logDelayMs = 0 } = ports.limits;
    this.journal = new Journal({ api, clock, processId, owners: this.#owners, logDelayMs });
    const ensureProcess = (): Promise<void> => this.lease.ensure();
    this.tagSlots = new TagSlots({ api, clock, processId, ensureProcess });
    this.slots = new Slots({ api, clock, processId, ensureProcess });
    this.#loose = new LooseTasks({ api, clock, processId, ensureProcess });
    this.logSink = createLogSink(this.journal, ports);
    this.pools = new BodyPools(this);
  }

  // Flows

  callFlow(definition: FlowDefinition, parameters: unknown): Promise<unknown> {
    const context = contextStorage.getStore();
    if (context === undefined) {
      refuseWhileImporting(definition);
      return this.startFlow({ definition, parameters });
    }
    try {
      const work = new SubflowWork(this, definition, parameters);
      const { key } = work;
      const call = { name: definition.name, work, args: [parameters], names: ["parameters"] };
      return this.#callInContext(context, key === undefined ? call : { ...call, key });
    } catch (error) {
      // As a call of a task: a key of the author's own, or a body that has ended, refuses it.
      return Promise.reject(error);
    }
  }

  /** A root run, from its parameters to its end. */
  startFlow(start: Omit<FlowStart, "caller"> & { readonly tags?: readonly string[] }): Promise<unknown> {
    return startFlow(this, { ...start, caller: { ...noCaller, tags: start.tags ?? [] } });
  }

  /** Goes on with a root run that this process has claimed. */
  continueFlow(continuation: Omit<FlowContinuation, "caller">): Promise<unknown> {
    return continueFlow(this, { ...continuation, caller: noCaller });
  }

  /** Takes a run for this process. RUN_OWNED, RUN_NOT_RESUMABLE. */
  async claim(id: string, mode: FlowContinuation["mode"]): Promise<FlowRun> {
    await this.lease.ensure();
    return this.ports.api.claimFlowRun({ id, processId: this.lease.id, mode });
  }

  enter(active: ActiveRun, definition: FlowDefinition): void {
    this.#runs.set(active.id, active);
    this.lease.watch();
    if (definition.options.captureConsole === true) this.captureConsole();
  }

  leave(active: ActiveRun): void {
    active.records.giveUp();
    active.waitingRows.stop();
    this.#runs.delete(active.id);
  }

  executes(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Runs that are under way in this process, without those that are called by one of them. */
  get activeRuns(): readonly ActiveRun[] {
    return [...this.#runs.values()].filter(({ info }) => !this.#runs.has(info.parentRunId ?? ""));
  }

  /** The runs under way here of which all are one root's, with it. */
  runsBeside({ info }: ActiveRun): readonly ActiveRun[] {
    return [...this.#runs.values()].filter((run) => run.info.rootRunId === info.rootRunId);
  }

  /** All runs that are under way in this process. */
  get runs(): Iterable<ActiveRun> {
    return this.#runs.values();
  }

  /** Runs, or calls outside any run, are under way. */
  get isExecuting(): boolean {
    return this.#runs.size + this.#loose.size > 0;
  }

  /** Nothing is left to do in this process: what is under way can never end by itself. False when there is nothing to end. */
  stall(): boolean {
    return this.failCycles() || this.endStalled();
  }

  /** Fails the waits that go around in a circle. That may be caught, and the runs go on. */
  failCycles(): boolean {
    return failCycles(this);
  }

  endStalled(): boolean {
    return stallRuns([...this.#runs.values()], this.#loose);
  }

  /** Calls outside any run that are under way. */
  get looseTasks(): Iterable<TaskExecution> & { readonly size: number } {
    return this.#loose;
  }

  /** What is still to be recorded when this process ends now, in the order it is to be; nothing when nothing is under way. */
  lastWords(toReason: ToReason): readonly RecordBatch[] {
    return collectLastWords(this, { runs: [...this.#runs.values()], loose: [...this.#loose] }, toReason);
  }

  /** A call outside any run has begun. */
  began(execution: TaskExecution): void {
    this.#loose.began(execution);
  }

  ended(execution: TaskExecution): void {
    this.#loose.ended(execution);
  }

  // Tasks

  callTask(definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> {
    this.#refuseOutside(definition);
    try {
      return this.#start(definition, args, { isSubmitted: false, body: this.#standIn(definition) }).done;
    } catch (error) {
      // A call never throws in its caller's face: a key of the author's own, or a body that has ended, refuses it.
      return Promise.reject(error);
    }
  }

  submitTask(definition: TaskDefinition, args: readonly unknown[]): EngineFuture {
    this.#refuseOutside(definition);
    return new EngineFuture(this.#start(definition, args, { isSubmitted: true, body: this.#standIn(definition) }));
  }

  /** As `callTask()`, for who wants more of the call than its value. */
  beginTask(definition: TaskDefinition, args: readonly unknown[]): EngineFuture {
    return new EngineFuture(this.#start(definition, args, { isSubmitted: false, body: null }));
  }

  /** @param definitionAt of each item; they differ in their functions alone. Default: the same. */
  mapTask(
    definition: TaskDefinition,
    args: readonly unknown[],
    definitionAt?: (index: number) => TaskDefinition,
  ): readonly EngineFuture[] {
    this.#refuseOutside(definition);
    const context = this.#contextOf(definition.name);
    const made = this.#made();
    const shared = { isSubmitted: true, body: this.#standIn(definition) };
    const calls = this.#calls(definition, context, shared);
    const max = context.scope.roomFor(this.ports.limits.bodyCalls);
    const items = mapItems((context.run as ActiveRun | null)?.provenance ?? null, definition, { args, max });
    return items.map(({ args: given, digest }, index) => {
      const own = definitionAt?.(index) ?? definition;
      const ownCalls = own === definition ? calls : this.#calls(own, context, shared);
      const options = { isSubmitted: true, body: null, context, made, calls: ownCalls, digest };
      return new EngineFuture(this.#start(own, given, options));
    });
  }

  streamTask(definition: TaskDefinition, args: readonly unknown[]): AsyncGenerator<unknown> {
    const stream = new Stream();
    const make = this.#standIn(definition) ?? (definition.fn as (...args: readonly unknown[]) => unknown);
    const body = (...given: readonly unknown[]): unknown => stream.pump(make(...given) as AsyncIterable<unknown>);
    const start = this.#prepare(definition, args, { isSubmitted: false, body });
    return readStream(stream, start);
  }

  /** A module that is being imported calls no task; what runs meanwhile may. */
  #refuseOutside(definition: TaskDefinition): void {
    if (runtimeSlot().importing !== undefined && contextStorage.getStore() === undefined)
      refuseWhileImporting(definition);
  }

  #start(definition: TaskDefinition, args: readonly unknown[], options: CallOptions): TaskExecution {
    return this.#prepare(definition, args, options)();
  }

  /** Fixes the call's identity now, and gives back what starts it. */
  #prepare(definition: TaskDefinition, args: readonly unknown[], options: CallOptions): () => TaskExecution {
    const context = options.context ?? this.#contextOf(definition.name);
    const run = context.run as ActiveRun | null;
    const { isSubmitted } = options;
    const runId = run?.id ?? this.ports.newId();
    const digest = options.digest ?? digestCall(run?.provenance ?? null, args, definition.parameterNames);
    const key = context.scope.next(baseKeyOf(definition, args, digest.digest));
    const { captureConsole, logLevel, key: givenKey } = definition.options;
    if (captureConsole === true) this.captureConsole();
    const { hasFutures, inputs } = digest;
    const calls = options.calls ?? this.#calls(definition, context, options);
    const work = new TaskWork(calls, args, hasFutures);
    const caller =
      captureConsole === undefined && logLevel === undefined
        ? context
        : context.with({
            captureConsole: captureConsole ?? context.captureConsole,
            logLevel: logLevel ?? context.logLevel,
          });
    const inputDigest = givenKey === undefined ? digest.digest : null;
    const made = options.made ?? this.#made();
    const parts = { engine: this, flow: run, caller, runId, key, inputDigest, inputs, work, made };
    return () => this.#execute(parts, isSubmitted);
  }

  #calls(definition: TaskDefinition, context: ExecutionContext, options: CallOptions): TaskCalls {
    const runner = options.isSubmitted ? (context.run as ActiveRun | null)?.runner : undefined;
    return { engine: this, definition, callerTags: context.tags, body: options.body, runner };
  }

  #execute(parts: CallParts, isSubmitted: boolean): TaskExecution {
    const { flow, caller, work } = parts;
    caller.scope.callBegins(work.taskName, this.ports.limits.bodyCalls);
    const { parentId } = caller.scope;
    if (parentId !== null) flow?.parents.add(parentId);
    const execution = new TaskExecution(parts);
    caller.transaction?.call(execution);
    const record = flow?.claim(execution);
    execution.start(record, this.#gateOf(execution, { isSubmitted, isRecorded: record !== undefined }));
    return execution;
  }

  /** What a call passes before it runs: the check for drift, and its turn. Steps and subflows wait for no turn. */
  #gateOf(
    execution: TaskExecution,
    call: { readonly isSubmitted: boolean; readonly isRecorded: boolean },
  ): Gate | null {
    const { flow, caller, work } = execution;
    const mayDrift = flow !== null && !call.isRecorded && flow.records.size > 0;
    const admit = mayDrift ? (): Promise<void> => flow.drift.admit(execution) : null;
    const isBounded = work.kind === "task" && flow !== null;
    if (!isBounded) return admit === null ? null : { admit, turn: null };
    const { scope } = caller;
    const turn = call.isSubmitted ? scope.submitted(flow.limit) : scope.called(this.ports.limits.bodyConcurrency);
    return { admit, turn };
  }

  #made(): State {
    return { type: "PENDING", name: "Pending", at: this.stamp() };
  }

  /**
   * The time of a state, in ms since the epoch: later than that of any state before it in this process, so that what followed
   * what is told by the times, although the clock is coarse or stands still.
   */
  stamp(): number {
    const now = this.clock.now();
    const isSetBack = now < this.#lastStamp - maxStampLeadMs;
    this.#lastStamp = now > this.#lastStamp || isSetBack ? now : this.#lastStamp + 0.001;
    return this.#lastStamp;
  }

  // Steps, pauses, transactions

  step(spec: StepSpec): Promise<unknown> {
    const context = this.#contextOf(`${spec.name}()`);
    return this.#callInContext(context, {
      name: spec.name,
      key: spec.key,
      work: new StepWork(this, spec, context.tags),
    });
  }

  pause(spec: PauseSpec): Promise<unknown> {
    return pause(this, this.#contextOf("pause()"), spec);
  }

  transaction<T>(spec: TransactionSpec, body: (scope: TransactionScope) => Promise<T> | T): Promise<T> {
    return runTransaction(this, this.#contextOf("transaction()"), spec, body);
  }

  /** A call that is no task: a subflow, a step. Its key is given, or the digest of its arguments, or its occurrence. */
  callStep(context: ExecutionContext, call: StepCall): TaskExecution {
    const flow = context.run as ActiveRun | null;
    const { name, work, args, names = [] } = call;
    const runId = flow?.id ?? this.ports.newId();
    const { digest, inputs } = args === undefined ? nothingDigested : digestCall(flow?.provenance ?? null, args, names);
    const base = call.key !== undefined ? `${name}@${call.key}` : digest === null ? name : `${name}#${digest}`;
    const key = context.scope.next(base);
    const made = this.#made();
    const inputDigest = call.key === undefined ? digest : null;
    const parts = { engine: this, flow, caller: context, runId, key, inputDigest, inputs, work, made };
    return this.#execute(parts, false);
  }

  #callInContext(context: ExecutionContext, call: StepCall): Promise<unknown> {
    refuseClosed(context.scope, call.name);
    return this.callStep(context, call).done;
  }

  // What running code sees

  current(): RunContext | undefined {
    return contextStorage.getStore();
  }

  withTags<T>(tags: readonly string[], body: () => T): T {
    const context = contextStorage.getStore() ?? this.contextOutside();
    return contextStorage.run(context.with({ tags: joinTags(context.tags, tags) }), body);
  }

  async api(): Promise<Api> {
    return this.ports.api;
  }

  vault(): Promise<Vault> {
    return this.ports.vault();
  }

  mask(value: string): void {
    this.ports.masker.add(value);
  }

  hide(texts: readonly string[]): readonly string[] {
    return texts.map((text) => this.ports.masker.mask(text));
  }

  /** One line that shows a value, without secrets. */
  preview(value: unknown): string {
    return previewValue(value, this.#previewOptions);
  }

  encode(value: unknown): string {
    return String(this.ports.serializer.encode(value));
  }

  decode(text: string): unknown {
    return this.ports.serializer.decode(text);
  }

  readResult(ref: ResultRef): Promise<unknown> {
    return decodeResult(ref, {}, this.ports);
  }

  async recordArtifact(artifact: Artifact): Promise<void> {
    const { masker } = this.ports;
    const { key, description, data, metadata, flowRunId } = artifact;
    const run = flowRunId === null ? undefined : this.#runs.get(flowRunId);
    const masked = {
      ...artifact,
      ...(run === undefined ? {} : { epoch: run.epoch }),
      // The key of a series is the same from run to run.
      key: key === null ? null : masker.mark(key),
      data: masker.mask(data),
      description: description === null ? null : masker.mask(description),
      ...(metadata == null ? {} : { metadata: masker.mask(metadata) }),
    };
    this.ports.observer?.artifact(masked);
    await this.journal.artifact(masked);
  }

  async recordEvent(event: Event): Promise<void> {
    const { masker } = this.ports;
    const maskAll = (labels: Event["resource"]): Event["resource"] =>
      Object.fromEntries(Object.entries(labels).map(([label, text]) => [masker.mask(label), masker.mask(text)]));
    await this.journal.event({
      ...event,
      name: masker.mask(event.name),
      resource: maskAll(event.resource),
      payload: event.payload === null ? null : masker.mask(event.payload),
      ...(event.related === undefined ? {} : { related: event.related.map(maskAll) }),
    });
  }

  readEnvironment(name: string): string | undefined {
    return this.ports.readEnvironment(name);
  }

  newId(): string {
    return this.ports.newId();
  }

  random(): number {
    return this.ports.random();
  }

  captureConsole(): void {
    if (this.#capturesConsole) return;
    this.#capturesConsole = true;
    captureConsole((level, message) => {
      const context = contextStorage.getStore();
      if (context?.captureConsole !== true) return false;
      context.write(level, message, undefined, "console");
      return true;
    });
  }

  /** Writes what is still to be written, and gives up pools and the lease. */
  async close(): Promise<void> {
    try {
      await this.journal.flush();
    } finally {
      // Threads and processes would outlive what could not be written.
      await this.pools.close();
      await this.lease.close();
    }
  }

  #standIn(definition: TaskDefinition): CallOptions["body"] {
    return standInFor(runtimeSlot(), definition);
  }

  #contextOf(api: string): ExecutionContext {
    const context = contextStorage.getStore();
    if (context === undefined) return this.contextOutside();
    refuseClosed(context.scope, api);
    return context;
  }

  /** The context of code outside any run: each call has a scope of its own. */
  contextOutside(): ExecutionContext {
    return new ExecutionContext({
      run: null,
      task: null,
      scope: new Scope("", null),
      tags: [],
      transaction: null,
      heldSlots: [],
      captureConsole: false,
      logLevel: this.ports.limits.logLevel,
      sink: this.logSink,
    });
  }
}

interface CallOptions {
  /** Goes through the gate of the body it was submitted in, and may run in the flow's pool. */
  readonly isSubmitted: boolean;
  readonly body: ((...args: readonly unknown[]) => unknown) | null;
  readonly context?: ExecutionContext;
  /** The state of calls that are made together, and what else they share. */
  readonly made?: State;
  readonly calls?: TaskCalls;
  /** That of a map's item, whose inputs that are passed whole are digested once. */
  readonly digest?: InputDigest;
}

export interface StepCall {
  readonly name: string;
  readonly work: Work;
  readonly key?: string | undefined;
  readonly args?: readonly unknown[];
  readonly names?: readonly string[];
}

function refuseClosed(scope: Scope, api: string): void {
  if (scope.isClosed) throw new MillraceError("RUN_ENDED", { api, reason: "" });
}
