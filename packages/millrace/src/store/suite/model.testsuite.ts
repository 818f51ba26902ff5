/** What a store should do, said as simply as it can be: maps in memory. The model-based tests compare stores with it. */

import type { FlowRun, FlowRunFilter, FlowRunSort, NewFlowRun } from "../../contract/flow-run.ts";
import type { FlowRunTransition } from "../../contract/record.ts";
import type { Artifact, LogLine, RunInput, SlotRequest } from "../../contract/records.ts";
import { isTerminal, type State } from "../../contract/states.ts";
import type { StoreBatch, StoreOutcome } from "../../contract/store.ts";
import { decideTaskRunChange } from "../../rules/task-run-changes.ts";
import type { CacheEntry, TaskRun, TaskRunChange, TaskRunFilter } from "../../contract/task-run.ts";

export const clean = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");

export interface ModelEvent {
  readonly name: string;
  readonly at: number;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
  readonly payload: string | null;
}

type ModelTaskRun = Omit<TaskRun, "seq">;

export class Model {
  flowRuns = new Map<string, FlowRun>();
  taskRuns = new Map<string, ModelTaskRun>();
  readonly cache = new Map<string, CacheEntry>();
  readonly events: ModelEvent[] = [];
  readonly eventIds = new Set<string>();
  logs: LogLine[] = [];
  artifacts = new Map<string, Artifact>();
  inputs: RunInput[] = [];
  readonly processes = new Set<string>();
  readonly slots = new Map<string, Map<string, string>>();

  record(batch: StoreBatch): StoreOutcome {
    const stale = new Set<string>();
    const created = batch.created.map((run) => this.#create(run));
    const transitions = batch.transitions.map((transition) => this.#transition(transition));
    const isRefused = (flowRunId: string | null, epoch: number): boolean => {
      if (flowRunId === null) return false;
      const run = this.flowRuns.get(flowRunId);
      if (run !== undefined && run.epoch <= epoch) return false;
      stale.add(flowRunId);
      return true;
    };
    for (const change of batch.taskRuns) if (!isRefused(change.flowRunId, change.epoch)) this.#recordTaskRun(change);
    for (const line of batch.logs) {
      if (!isRefused(line.flowRunId, Number.POSITIVE_INFINITY))
        this.logs.push({ ...line, message: clean(line.message) });
    }
    for (const artifact of batch.artifacts) {
      if (isRefused(artifact.flowRunId, Number.POSITIVE_INFINITY)) continue;
      const createdAt = this.artifacts.get(artifact.id)?.createdAt ?? artifact.createdAt;
      this.artifacts.set(artifact.id, { ...artifact, createdAt });
    }
    for (const { id, name, at, flowRunId, taskRunId, payload } of batch.events) {
      if (this.eventIds.has(id)) continue;
      this.eventIds.add(id);
      this.events.push({ name: clean(name), at, flowRunId, taskRunId, payload });
    }
    return { created, transitions, stale: [...stale] };
  }

  #create(run: NewFlowRun): { readonly run: FlowRun; readonly isNew: boolean } {
    const key = run.idempotencyKey ?? null;
    const known =
      this.flowRuns.get(run.id) ??
      [...this.flowRuns.values()].find(
        (each) => key !== null && each.flowName === run.flowName && each.idempotencyKey === key,
      );
    if (known !== undefined) return { run: known, isNew: false };
    const [first] = run.states as [State];
    const state = run.states.at(-1) ?? first;
    const running = run.states.find(({ type }) => type === "RUNNING");
    const made: FlowRun = {
      id: run.id,
      flowName: run.flowName,
      name: clean(run.name),
      state,
      history: run.states,
      parameters: run.parameters,
      tags: run.tags ?? [],
      parentRunId: run.parentRunId ?? null,
      parentTaskRunId: null,
      rootRunId: run.id,
      deploymentId: null,
      idempotencyKey: key,
      adopts: null,
      version: null,
      entrypoint: null,
      environment: {},
      createdAt: first.at,
      expectedAt: first.at,
      startedAt: running?.at ?? null,
      endedAt: isTerminal(state.type) ? state.at : null,
      runCount: running === undefined ? 0 : 1,
      epoch: run.ownerId == null ? 0 : 1,
      ownerId: run.ownerId ?? null,
      result: null,
      error: null,
      workPoolId: null,
      workQueueId: null,
      autoScheduled: false,
      dueAt: dueAtOf(state),
      extra: {},
    };
    this.flowRuns.set(run.id, made);
    for (const { name, at } of run.states) this.#tell("flow-run", name, at, run.id, null, null);
    return { run: made, isNew: true };
  }

  #transition(change: FlowRunTransition): FlowRun | null {
    const run = this.flowRuns.get(change.id);
    const { expected, state } = change;
    if (run === undefined || !expected.stateTypes.includes(run.state.type)) return null;
    if (run.state.at !== expected.stateAt || run.epoch !== expected.epoch) return null;
    const { claimFor, releases, name, startedAt, endedAt, runCount, result, error } = change;
    const next: FlowRun = {
      ...run,
      state,
      dueAt: dueAtOf(state),
      history: [...run.history, state],
      ...(name === undefined ? {} : { name: clean(name) }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(runCount === undefined ? {} : { runCount }),
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
      ...(claimFor === undefined ? {} : { ownerId: claimFor, epoch: run.epoch + 1 }),
      ...(releases === true ? { ownerId: null } : {}),
    };
    this.flowRuns.set(change.id, next);
    this.#tell("flow-run", state.name, state.at, change.id, null, null);
    return next;
  }

  #recordTaskRun(change: TaskRunChange): void {
    const { newStates, reopens, epoch: _, cache, ...row } = change;
    const current = this.taskRuns.get(change.id)?.state ?? null;
    const tokens = { epoch: change.epoch, runEpoch: null };
    const facts = { current, proposed: change.state, newStates, reopens: reopens === true, ...tokens };
    if (decideTaskRunChange(facts) !== "write") return;
    this.taskRuns.set(change.id, { extra: null, ...row, name: clean(row.name) });
    const { state, history, flowRunId, id } = change;
    if (newStates > 0) {
      const passed = history.slice(history.length - newStates, -1).map((each) => each.name);
      const payload = passed.length === 0 ? null : JSON.stringify({ passed });
      this.#tell("task-run", state.name, state.at, flowRunId, id, payload);
    }
    if (cache !== undefined && state.type === "COMPLETED" && change.result !== null) {
      const entry = { result: change.result, taskRunId: id, createdAt: state.at };
      this.cache.set(cache.key, { ...entry, key: cache.key, expiresAt: cache.expiresAt });
    }
  }

  #tell(
    kind: string,
    state: string,
    at: number,
    flowRunId: string | null,
    taskRunId: string | null,
    payload: string | null,
  ): void {
    this.events.push({ name: `millrace.${kind}.${state}`, at, flowRunId, taskRunId, payload });
  }

  deleteFlowRun(id: string): boolean {
    if (!this.flowRuns.has(id)) return false;
    const doomed = new Set([id]);
    for (let size = 0; size !== doomed.size; ) {
      size = doomed.size;
      for (const run of this.flowRuns.values()) {
        if (run.parentRunId !== null && doomed.has(run.parentRunId)) doomed.add(run.id);
      }
    }
    const stays = ({ flowRunId }: { readonly flowRunId: string | null }): boolean =>
      flowRunId === null || !doomed.has(flowRunId);
    this.flowRuns = new Map([...this.flowRuns].filter(([runId]) => !doomed.has(runId)));
    this.taskRuns = new Map([...this.taskRuns].filter(([, row]) => stays(row)));
    this.artifacts = new Map([...this.artifacts].filter(([, artifact]) => stays(artifact)));
    this.logs = this.logs.filter(stays);
    this.inputs = this.inputs.filter(stays);
    return true;
  }

  writeRunInput(input: RunInput): boolean {
    const isKnown = this.inputs.some(
      ({ flowRunId, key, id }) => flowRunId === input.flowRunId && key === input.key && id === input.id,
    );
    if (isKnown || !this.flowRuns.has(input.flowRunId)) return false;
    this.inputs.push(input);
    return true;
  }

  acquireSlot({ limitName, limit, holder, processId }: SlotRequest): boolean {
    const holders = this.slots.get(limitName) ?? new Map<string, string>();
    if (!this.processes.has(processId) || (!holders.has(holder) && holders.size >= limit)) return false;
    this.slots.set(limitName, holders.set(holder, processId));
    return true;
  }

  deleteProcess(id: string): void {
    this.processes.delete(id);
    for (const holders of this.slots.values()) {
      for (const [holder, processId] of holders) if (processId === id) holders.delete(holder);
    }
  }

  findFlowRuns(filter: FlowRunFilter, sort: FlowRunSort): readonly FlowRun[] {
    const numbered = [...this.flowRuns.values()].map((run, seq) => ({ run, seq }));
    const order = orders[sort];
    const sign = sort.endsWith("-desc") ? -1 : 1;
    return numbered
      .filter(({ run }) => matches(run, filter))
      .toSorted((a, b) => sign * (order(a.run, b.run) || a.seq - b.seq))
      .map(({ run }) => run);
  }

  findTaskRuns({ ids, flowRunIds, parentIds, taskNames, stateTypes, kinds }: TaskRunFilter): readonly ModelTaskRun[] {
    return [...this.taskRuns.values()].filter(
      (row) =>
        isIn(ids, row.id) &&
        isIn(flowRunIds, row.flowRunId) &&
        isIn(parentIds, row.parentId) &&
        isIn(taskNames, row.taskName) &&
        isIn(stateTypes, row.state.type) &&
        isIn(kinds, row.kind),
    );
  }
}

function dueAtOf({ type, at, details }: State): number | null {
  return type === "SCHEDULED" ? (details?.scheduledAt ?? at) : null;
}

const byName = (a: FlowRun, b: FlowRun): number => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));

const orders: Readonly<Record<FlowRunSort, (a: FlowRun, b: FlowRun) => number>> = {
  "created-asc": (a, b) => a.createdAt - b.createdAt,
  "created-desc": (a, b) => a.createdAt - b.createdAt,
  "started-desc": (a, b) => (a.startedAt ?? -1) - (b.startedAt ?? -1),
  "ended-desc": (a, b) => (a.endedAt ?? -1) - (b.endedAt ?? -1),
  "started-asc": (a, b) => (a.startedAt ?? -1) - (b.startedAt ?? -1),
  "expected-desc": (a, b) => a.expectedAt - b.expectedAt,
  "expected-asc": (a, b) => a.expectedAt - b.expectedAt,
  "due-asc": (a, b) => (a.dueAt ?? 1e18) - (b.dueAt ?? 1e18),
  "id-desc": (a, b) => (a.id < b.id ? -1 : 1),
  "name-desc": byName,
  "name-asc": byName,
};

function matches(run: FlowRun, filter: FlowRunFilter): boolean {
  const { ids, idPrefix, nameContains, tags, rootsOnly, createdAfter, createdBefore } = filter;
  return (
    isIn(ids, run.id) &&
    isIn(filter.flowNames, run.flowName) &&
    isIn(filter.stateTypes, run.state.type) &&
    isIn(filter.stateNames, run.state.name) &&
    isIn(filter.parentRunIds, run.parentRunId) &&
    isIn(filter.ownerIds, run.ownerId) &&
    (idPrefix === undefined || run.id.startsWith(idPrefix)) &&
    (nameContains === undefined || run.name.toLowerCase().includes(nameContains.toLowerCase())) &&
    (tags === undefined || tags.every((tag) => run.tags.includes(tag))) &&
    (rootsOnly !== true || run.parentRunId === null) &&
    (createdAfter === undefined || run.createdAt > createdAfter) &&
    (createdBefore === undefined || run.createdAt < createdBefore)
  );
}

function isIn<T>(list: readonly T[] | undefined, value: T | null): boolean {
  return list === undefined || (value !== null && list.includes(value));
}
