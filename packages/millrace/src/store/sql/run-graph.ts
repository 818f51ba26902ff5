/** What depends on what in a flow run, made in one statement: ten thousand task runs become a few dozen rows. */

import {
  maxEdgeParameters,
  maxGraphDepth,
  maxGraphEdges,
  maxGraphNodes,
  maxGraphTaskRuns,
  maxNodeChildren,
  type RunGraph,
  type RunGraphEdge,
  type RunGraphNode,
} from "../../contract/run-graph.ts";
import type { StateType } from "../../contract/states.ts";
import type { RunGraphQuestion } from "../../contract/store.ts";
import type { TaskRunKind } from "../../contract/task-run.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, elementsOf, type Fragment, raw, sql, table, uuid } from "./fragment.ts";
import { isUuid } from "./uuid.ts";

/** Names of states are anybody's, so there are so many counts at most. */
const maxCells = 20_000;
/** Of a parameter's name, in characters. */
const maxParameterLength = 200;

export async function readRunGraph(db: SqlDatabase, { flowRunId, now }: RunGraphQuestion): Promise<RunGraph> {
  const rows = isUuid(flowRunId) ? await db.all(toQuery(flowRunId)) : [];
  return { flowRunId, readAt: now, ...toGraph(rows) };
}

/**
 * A node is a path: the place of a task among the tasks of the run, after those of the tasks in whose bodies it was called.
 * The answer has rows of several kinds, told apart by `part`.
 */
function toQuery(flowRunId: string): Fragment {
  const taskRun = table("task_run");
  const ofRun = (name: string): Fragment => sql`${raw(name)}.flow_run_id = ${uuid(flowRunId)}`;
  const sameTask = raw("task.task_name = run.task_name and task.kind = run.kind");
  const path = raw("placed.scope || '/' || task.place");
  const isAbove = raw(`placed.depth + 1 < ${maxGraphDepth}`);
  const nothing = (type: string): Fragment => raw(`cast(null as ${type})`);
  const [noNumber, noText, noTime] = [nothing("bigint"), nothing("text"), nothing("double precision")];
  return sql`
    with recursive
    run as materialized (
      select seq, id, parent_id, task_name, kind, state_type, state_name, started_at, ended_at
      from ${taskRun} run where ${ofRun("run")}
      order by seq limit ${maxGraphTaskRuns}),
    task as materialized (
      select task_name, kind, row_number() over (order by min(seq)) as place from run group by task_name, kind),
    placed (id, seq, path, scope, depth) as (
      select run.id, run.seq, cast(task.place as text), cast(task.place as text), 1
      from run join task on ${sameTask} where run.parent_id is null or run.parent_id not in (select id from run)
      union all
      select run.id, run.seq, ${path}, case when ${isAbove} then ${path} else placed.scope end, placed.depth + 1
      from placed join run on run.parent_id = placed.id join task on ${sameTask}),
    node as materialized (
      select path, row_number() over (order by min(seq)) - 1 as node from placed
      group by path order by min(seq) limit ${maxGraphNodes + 1}),
    member as materialized (
      select cast(id as text) as id, seq, node from (
        select ${columns("task_run", ["id"])}, seq, node from placed join node on node.path = placed.path) named),
    input as materialized (
      select member.node as taker, input.value ->> 'taskRunId' as giver_id,
        substr(input.value ->> 'parameter', 1, ${raw(String(maxParameterLength))}) as parameter
      from member cross join ${taskRun} run cross join ${elementsOf("run.inputs", "input")}
      where run.seq = member.seq and run.inputs <> '[]'),
    edge as (
      select giver.node as giver, taker, parameter, cast(sum(count(*)) over (partition by giver.node, taker) as bigint) as found,
        row_number() over (partition by giver.node, taker order by count(*) desc, parameter) as rank
      from input join member giver on giver.id = input.giver_id group by giver.node, taker, parameter),
    child as (
      select node, run.child_flow_run_id, row_number() over (partition by node order by run.seq desc) as rank
      from member cross join ${taskRun} run where run.seq = member.seq and run.child_flow_run_id is not null)
    select 'total' as part, ${noNumber} as node, ${noNumber} as other, ${noText} as text, ${noText} as more,
      count(*) as found, ${noTime} as first_at, ${noTime} as last_at
    from ${taskRun} run where ${ofRun("run")}
    union all select 'task', place, null, task_name, kind, null, null, null from task
    union all select 'node', node, null, path, null, null, null, null from node
    union all select * from (
      select 'state', node, ${noNumber}, state_type, state_name, count(*), min(run.started_at), max(run.ended_at)
      from member join run on run.seq = member.seq
      group by node, state_type, state_name order by 6 desc limit ${maxCells}) state
    union all select * from (
      select 'edge', taker, giver, parameter, ${noText}, found, ${noTime}, ${noTime}
      from edge where rank <= ${maxEdgeParameters} order by found desc, rank limit ${(maxGraphEdges + 1) * maxEdgeParameters}) edge
    union all select * from (
      select 'child', node, ${noNumber}, cast(child_flow_run_id as text), ${noText}, rank, ${noTime}, ${noTime}
      from (select node, ${columns("task_run", ["child_flow_run_id"])}, rank from child) named
      where rank <= ${maxNodeChildren} order by node, rank) child`;
}

type Told = Pick<RunGraph, "total" | "isCut" | "nodes" | "edges">;

function toGraph(rows: readonly Row[]): Told {
  const of = (part: string): readonly Row[] => rows.filter((row) => row.part === part);
  const tasks = new Map(of("task").map((row) => [String(row.node), row]));
  const paths = of("node").toSorted((one, other) => (one.node as number) - (other.node as number));
  const places = new Map(paths.map((row) => [row.text as string, row.node as number]));
  const shown = paths.slice(0, maxGraphNodes);
  const isShown = (place: number): boolean => place < shown.length;
  const states = groupByNode(of("state"));
  const children = groupByNode(of("child"));
  const edges = toEdges(of("edge").filter((row) => isShown(row.node as number) && isShown(row.other as number)));
  const total = (of("total")[0]?.found as number | undefined) ?? 0;
  return {
    total,
    isCut:
      total > maxGraphTaskRuns ||
      paths.length > shown.length ||
      edges.length > maxGraphEdges ||
      of("state").length === maxCells,
    nodes: shown.map((row) => {
      const path = row.text as string;
      const [task, above] = splitPath(path);
      const place = row.node as number;
      return {
        taskName: tasks.get(task)?.text as string,
        kind: tasks.get(task)?.more as TaskRunKind,
        parent: above === null ? null : (places.get(above) ?? null),
        ...toCounts(states.get(place) ?? []),
        childFlowRunIds: (children.get(place) ?? []).map((child) => child.text as string),
      };
    }),
    edges: edges.slice(0, maxGraphEdges),
  };
}

/** The task at its end, and the path of the body that it was called in. */
function splitPath(path: string): readonly [task: string, above: string | null] {
  const end = path.lastIndexOf("/");
  return end < 0 ? [path, null] : [path.slice(end + 1), path.slice(0, end)];
}

function groupByNode(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  return Map.groupBy(rows, (row) => row.node as number);
}

function toCounts(rows: readonly Row[]): Pick<RunGraphNode, "count" | "states" | "firstStartedAt" | "lastEndedAt"> {
  const times = (column: string): readonly number[] => rows.flatMap((row) => (row[column] as number | null) ?? []);
  const [starts, ends] = [times("first_at"), times("last_at")];
  return {
    count: rows.reduce((sum, row) => sum + (row.found as number), 0),
    states: rows.map((row) => ({
      stateType: row.text as StateType,
      stateName: row.more as string,
      count: row.found as number,
    })),
    firstStartedAt: starts.length === 0 ? null : Math.min(...starts),
    lastEndedAt: ends.length === 0 ? null : Math.max(...ends),
  };
}

/** A row for each edge and parameter of it. */
function toEdges(rows: readonly Row[]): readonly RunGraphEdge[] {
  const byEdge = Map.groupBy(rows, (row) => `${row.other as number} ${row.node as number}`);
  return [...byEdge.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return {
      from: first.other as number,
      to: first.node as number,
      count: first.found as number,
      parameters: same.map((row) => row.text as string),
    };
  });
}
