/** What a ledger holds, as bare SQL finds it: read without any of the product's own code. */

import type { State, StateType } from "../../packages/millrace/src/contract/states.ts";

export interface FlowRunRow {
  readonly id: string;
  readonly flowName: string;
  readonly parentRunId: string | null;
  readonly parentTaskRunId: string | null;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly history: readonly State[];
  readonly epoch: number;
  readonly runCount: number;
  readonly ownerId: string | null;
  readonly result: string | null;
}

export interface TaskRunRow {
  readonly id: string;
  readonly flowRunId: string | null;
  readonly parentId: string | null;
  readonly childFlowRunId: string | null;
  readonly kind: string;
  readonly taskName: string;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly history: readonly State[];
  readonly attempt: number;
  readonly reason: string | null;
  readonly result: string | null;
}

export interface EventRow {
  readonly flowRunId: string | null;
  /** Null for an event of the flow run itself. */
  readonly taskRunId: string | null;
  /** The names of the states that it tells of, oldest first. */
  readonly states: readonly string[];
}

export interface LogRow {
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
  readonly message: string;
}

/** Each list in the order in which the ledger first saw its rows. */
export interface Rows {
  readonly flowRuns: readonly FlowRunRow[];
  readonly taskRuns: readonly TaskRunRow[];
  readonly events: readonly EventRow[];
  readonly logs: readonly LogRow[];
}

export const noRows: Rows = { flowRuns: [], taskRuns: [], events: [], logs: [] };

/** The id as the product writes it; in rows it has no dashes. */
export function toUuid(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** And the other way round. */
export function fromUuid(id: string): string {
  return id.replaceAll("-", "");
}

/** The run that the program began; a subflow has a parent. */
export function rootOf({ flowRuns }: Rows): FlowRunRow | undefined {
  return flowRuns.find((run) => run.parentRunId === null);
}

type SqlRow = Readonly<Record<string, unknown>>;

/** How a database is asked: the text for a column of ids, where the tables are, and the query itself. */
export interface RowSource {
  readonly idText: (column: string) => string;
  readonly prefix: string;
  readonly all: (sql: string) => Promise<readonly SqlRow[]>;
}

/** Kinds of events that tell of states, as the column `kind` has them. */
const stateEvents = "1, 2";

export async function readRows({ idText, prefix, all }: RowSource): Promise<Rows> {
  const ids = (...columns: readonly string[]): string =>
    columns.map((column) => `${idText(column)} as ${column}`).join(", ");
  const flowRuns = await all(`
    select ${ids("id", "parent_run_id", "parent_task_run_id")}, flow_name, state_type, state_name, history, epoch,
      run_count, owner_id, result
    from ${prefix}flow_run order by seq`);
  const taskRuns = await all(`
    select ${ids("id", "flow_run_id", "parent_id", "child_flow_run_id")}, kind, task_name, state_type, state_name,
      history, attempt, reason, result
    from ${prefix}task_run order by seq`);
  const events = await all(`
    select ${ids("flow_run_id", "task_run_id")}, name, payload
    from ${prefix}event where kind in (${stateEvents}) order by seq`);
  const logs = await all(`select ${ids("flow_run_id", "task_run_id")}, message from ${prefix}log order by seq`);
  return {
    flowRuns: flowRuns.map(toFlowRun),
    taskRuns: taskRuns.map(toTaskRun),
    events: events.map(toEvent),
    logs: logs.map((row) => ({
      flowRunId: row.flow_run_id as string | null,
      taskRunId: row.task_run_id as string | null,
      message: row.message as string,
    })),
  };
}

function toFlowRun(row: SqlRow): FlowRunRow {
  return {
    id: row.id as string,
    flowName: row.flow_name as string,
    parentRunId: row.parent_run_id as string | null,
    parentTaskRunId: row.parent_task_run_id as string | null,
    stateType: row.state_type as StateType,
    stateName: row.state_name as string,
    history: JSON.parse(row.history as string) as State[],
    epoch: Number(row.epoch),
    runCount: row.run_count as number,
    ownerId: row.owner_id as string | null,
    result: row.result as string | null,
  };
}

function toTaskRun(row: SqlRow): TaskRunRow {
  return {
    id: row.id as string,
    flowRunId: row.flow_run_id as string | null,
    parentId: row.parent_id as string | null,
    childFlowRunId: row.child_flow_run_id as string | null,
    kind: row.kind as string,
    taskName: row.task_name as string,
    stateType: row.state_type as StateType,
    stateName: row.state_name as string,
    history: JSON.parse(row.history as string) as State[],
    attempt: row.attempt as number,
    reason: row.reason as string | null,
    result: row.result as string | null,
  };
}

function toEvent(row: SqlRow): EventRow {
  const passed = row.payload === null ? [] : (JSON.parse(row.payload as string) as string[]);
  return {
    flowRunId: row.flow_run_id as string | null,
    taskRunId: row.task_run_id as string | null,
    states: [...passed, row.name as string],
  };
}
