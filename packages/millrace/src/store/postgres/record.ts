/**
 * Recording a batch in PostgreSQL: one call of the ledger's function `record`, so one round trip and one commit. Its lists
 * are JSON, made once here.
 */

import type { NewFlowRun } from "../../contract/flow-run.ts";
import type { FlowRunTransition } from "../../contract/record.ts";
import type { EventToWrite, StoreBatch, StoreOutcome } from "../../contract/store.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { artifactColumns, toArtifactValues } from "../sql/artifact-row.ts";
import type { Row } from "../sql/database.ts";
import type { SqlValue } from "../sql/dialect.ts";
import { eventColumns, passedStates, toEventValues } from "../sql/event-row.ts";
import { dueAtOf, toExtra, toFlowRun, toFlowRunValues } from "../sql/flow-run-row.ts";
import { logColumns, toLogValues } from "../sql/log-row.ts";
import { countUnderWay, hasRoom } from "../sql/pool-room.ts";
import { taskRunColumns, toTaskRunValues } from "../sql/task-run-row.ts";
import { cleanKey, cleanText, toJson } from "../sql/text.ts";
import type { PostgresConnection, Transaction } from "./connection.ts";

/** What the function answers; a list is null where there is nothing to say. */
interface Answer {
  /** The run that was there already, or null. */
  readonly created: readonly (Row | null)[] | null;
  readonly transitions: readonly (Row | null)[] | null;
  readonly stale: readonly string[] | null;
}

export type Recorder = (batch: StoreBatch) => Promise<StoreOutcome>;

/** @param options `flushes: false` answers before the commit is on disk: a crash of the database may undo it */
export function createRecorder(
  connection: PostgresConnection,
  { flushes = true }: { readonly flushes?: boolean } = {},
): Recorder {
  const { schema } = connection;
  const later = flushes ? "" : ", set_config('synchronous_commit', 'off', true)";
  const text = `select ${schema}.record($1, $2, $3, $4, $5, $6, $7, $8) as answer${later}`;
  const statement = { name: flushes ? "record" : "record-unflushed", text };
  const eventsText = recordEventsText(schema);
  const ofOneTask = {
    name: "record-task-run",
    text: `select ${schema}.record_task_run(${taskRunParameters}) as fresh`,
  };

  /** A flow whose tasks wait for each other records them one by one: the shortest way is for them. */
  async function recordOne(change: TaskRunChange): Promise<StoreOutcome> {
    const [row] = await connection.queryPrepared(ofOneTask, toTaskRunParameters(change));
    return {
      created: [],
      transitions: [],
      stale: row?.fresh === true || change.flowRunId === null ? [] : [change.flowRunId],
    };
  }

  async function recordWithin({ query }: Pick<Transaction, "query">, batch: StoreBatch): Promise<StoreOutcome> {
    const rows: Row[] = [];
    const { events } = batch;
    const isBound = events.some(isOfArtifact);
    const calls = toCalls(isBound ? { ...batch, events: [] } : batch);
    for (const call of calls) rows.push(...(await query(text, call)).rows);
    if (isBound) await query(eventsText, [toList(events, toEvent)]);
    return toOutcome(batch, rows);
  }

  return async (batch) => {
    const change = onlyTaskRun(batch);
    if (change !== null) return recordOne(change);
    const { transitions } = batch;
    if (transitions.some(({ room }) => room !== undefined)) {
      return connection.transact(async (transaction) => {
        const refused = await findRefused(transaction, { schema, transitions });
        const rest = { ...batch, transitions: transitions.filter((each) => !refused.has(each)) };
        const outcome = await recordWithin(transaction, rest);
        const written = outcome.transitions[Symbol.iterator]();
        return {
          ...outcome,
          transitions: transitions.map((each) => (refused.has(each) ? null : (written.next().value ?? null))),
        };
      });
    }
    const [only, ...more] = toCalls(batch);
    if (only === undefined) return toOutcome(batch, []);
    if (more.length === 0 && !batch.events.some(isOfArtifact))
      return toOutcome(batch, await connection.queryPrepared(statement, only));
    return connection.transact((transaction) => recordWithin(transaction, batch));
  };
}

/** Of events that tell of artifacts only those whose artifact is there, once the rest of the batch is written. */
function recordEventsText(schema: string): string {
  return `
    select ${schema}.record(null, null, null, null, null, null, null, (
      select json_agg(told.event order by told.position)
      from json_array_elements($1::json) with ordinality as told(event, position)
      where told.event->>'artifact_id' is null
        or exists (select 1 from ${schema}.artifact a where a.id = (told.event->>'artifact_id')::uuid)))`;
}

function isOfArtifact({ artifactId }: EventToWrite): boolean {
  return artifactId !== undefined;
}

function toEvent(event: EventToWrite): Record<string, unknown> {
  return { ...toRecord(eventColumns, toEventValues(event)), artifact_id: event.artifactId };
}

/**
 * Those for which there is no room. Until the transaction ends no other looks for room in the same pools. The lock has two
 * keys: those with one are the stream's, see migrations/0001-functions.postgres.ts.
 */
async function findRefused(
  { query, all }: Transaction,
  { schema, transitions }: { readonly schema: string; readonly transitions: readonly FlowRunTransition[] },
): Promise<ReadonlySet<FlowRunTransition>> {
  const guarded = transitions.flatMap((change) => (change.room === undefined ? [] : [{ change, room: change.room }]));
  for (const poolId of [...new Set(guarded.map(({ room }) => room.workPoolId))].toSorted()) {
    await query("select pg_advisory_xact_lock(hashtext($1), hashtext($2))", [`${schema} room`, poolId]);
  }
  const refused = new Set<FlowRunTransition>();
  // What one takes of a pool counts against all its limits: rather one too few than one too many.
  const taken = new Map<string, number>();
  for (const { change, room } of guarded) {
    const before = taken.get(room.workPoolId) ?? 0;
    const limits = room.limits.map(({ limit, ...queues }) => ({ ...queues, limit: limit - before }));
    if (hasRoom({ ...room, limits }, await all(countUnderWay(room)))) taken.set(room.workPoolId, before + 1);
    else refused.add(change);
  }
  return refused;
}

function onlyTaskRun({ created, transitions, taskRuns, logs, artifacts, events }: StoreBatch): TaskRunChange | null {
  const [only, another] = taskRuns;
  if (only === undefined || another !== undefined) return null;
  return created.length + transitions.length + logs.length + artifacts.length + events.length === 0 ? only : null;
}

const taskRunParameters = Array.from({ length: taskRunColumns.length + 6 }, (_, index) => `$${index + 1}`).join(", ");

function toTaskRunParameters(change: TaskRunChange): readonly SqlValue[] {
  const kept = toKept(change);
  return [
    ...toTaskRunValues(change),
    String(change.newStates > 0),
    String(change.reopens === true),
    change.epoch,
    passedStates(change),
    kept?.kept_key ?? null,
    kept?.kept_until ?? null,
  ];
}

/** What the cache keeps of the change. */
function toKept({ cache, state, result }: TaskRunChange): { kept_key: string; kept_until: number | null } | null {
  if (cache === undefined || state.type !== "COMPLETED" || result === null) return null;
  return { kept_key: cleanKey(cache.key), kept_until: cache.expiresAt };
}

function toOutcome(batch: StoreBatch, rows: readonly Row[]): StoreOutcome {
  const answers = rows.map((row) => row.answer as Answer | null).filter((answer) => answer !== null);
  const known = answers.flatMap(({ created }) => created ?? []);
  return {
    created: batch.created.map((run, index) => {
      const row = known[index] ?? null;
      return row === null
        ? { isNew: true, run: toFlowRun(toFlowRunValues(run)) }
        : { isNew: false, run: toFlowRun(row) };
    }),
    transitions: answers
      .flatMap(({ transitions }) => transitions ?? [])
      .map((row) => (row === null ? null : toFlowRun(row))),
    stale: [...new Set(answers.flatMap(({ stale }) => stale ?? []))],
  };
}

/** The calls that a batch takes: one, unless its task runs have to be written in several goes. */
function toCalls(batch: StoreBatch): readonly (readonly SqlValue[])[] {
  const [firstGo, ...moreGoes] = toGoes(batch.taskRuns);
  const calls = [
    [
      toList(batch.created, toCreated),
      toList(batch.transitions, toTransition),
      ...toGoValues(firstGo),
      null,
      null,
      null,
    ],
    ...moreGoes.map((go): SqlValue[] => [null, null, ...toGoValues(go), null, null, null]),
  ];
  calls.at(-1)?.splice(
    5,
    3,
    toList(batch.logs, (line) => withEpoch(toRecord(logColumns, toLogValues(line)), line)),
    toList(batch.artifacts, (artifact) => withEpoch(toRecord(artifactColumns, toArtifactValues(artifact)), artifact)),
    toList(batch.events, toEvent),
  );
  return calls;
}

/** Changes that one statement can write: each task run once, and all of one kind. */
interface Go {
  readonly hasNewStates: boolean;
  readonly reopens: boolean;
  readonly changes: Map<string, TaskRunChange>;
}

function toGoes(changes: readonly TaskRunChange[]): readonly Go[] {
  const goes: Go[] = [];
  let last: Go | undefined;
  for (const change of changes) {
    const hasNewStates = change.newStates > 0;
    const reopens = change.reopens === true;
    const fits = last?.hasNewStates === hasNewStates && last.reopens === reopens && !last.changes.has(change.id);
    if (last === undefined || !fits) goes.push((last = { hasNewStates, reopens, changes: new Map() }));
    last.changes.set(change.id, change);
  }
  return goes;
}

function toGoValues(go: Go | undefined): readonly SqlValue[] {
  if (go === undefined) return [null, null, null];
  return [toList([...go.changes.values()], toTaskRun), String(go.hasNewStates), String(go.reopens)];
}

function toList<T>(items: readonly T[], toItem: (item: T) => unknown): string | null {
  return items.length === 0 ? null : JSON.stringify(items.map(toItem));
}

function toRecord(columns: readonly string[], values: readonly (string | number | null)[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    if (values[index] !== null) record[column] = values[index];
  }
  return record;
}

function withEpoch(record: Record<string, unknown>, { epoch }: { readonly epoch?: number }): Record<string, unknown> {
  return epoch === undefined ? record : { ...record, epoch };
}

function toCreated(run: NewFlowRun): unknown {
  return { run: toFlowRunValues(run), states: run.states.map(({ name, at }) => ({ name: cleanText(name), at })) };
}

/** `patch` has the columns that the transition names; the others stay as they are. */
function toTransition(change: FlowRunTransition): unknown {
  const { expected, state, claimFor, releases } = change;
  return {
    id: change.id,
    state_types: expected.stateTypes,
    state_at: expected.stateAt,
    epoch: expected.epoch,
    state: JSON.stringify(state),
    claims: claimFor !== undefined,
    patch: {
      state_type: state.type,
      state_name: cleanText(state.name),
      state_at: state.at,
      started_at: change.startedAt,
      ended_at: change.endedAt,
      run_count: change.runCount,
      owner_id: releases === true ? null : claimFor && cleanKey(claimFor),
      result: change.result === undefined ? undefined : toJson(change.result),
      error: change.error === undefined ? undefined : toJson(change.error),
      environment: change.environment && JSON.stringify(change.environment),
      name: change.name === undefined ? undefined : cleanText(change.name),
      due_at: dueAtOf(state),
      extra: change.extra === undefined ? undefined : toExtra(change.extra),
    },
  };
}

function toTaskRun(change: TaskRunChange): Record<string, unknown> {
  const row = toRecord(taskRunColumns, toTaskRunValues(change));
  return { ...row, ...toKept(change), epoch: change.epoch, passed: passedStates(change) };
}
