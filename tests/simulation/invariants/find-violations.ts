import { eventsFold } from "../../chaos/invariants/events-fold.ts";
import { readRows, type Rows } from "../../chaos/rows.ts";
import type { Scenario } from "../scenario/draw-scenario.ts";
import type { Database } from "../nodes/database.ts";
import { readOrders } from "../scenario/orders.ts";
import type { Effect } from "../world/effects.ts";
import type { History } from "../world/history.ts";
import { dueTimesOfSchedules } from "./due-times.ts";
import type { Evidence, Invariant } from "./evidence.ts";
import { flowRunHistories } from "./flow-run-histories.ts";
import { logs } from "./logs.ts";
import { reactions, submissions } from "./submissions.ts";
import { givenValues, taskRunHistories } from "./task-run-histories.ts";

const invariants: readonly Invariant[] = [
  flowRunHistories,
  taskRunHistories,
  ({ rows }) => eventsFold({ rows: { ...rows, events: withoutDeleted(rows.events) } }),
  givenValues,
  submissions,
  reactions,
  dueTimesOfSchedules,
  logs,
];

/** All that is violated, a line each. */
export async function findViolations(world: {
  readonly now: number;
  readonly scenario: Scenario;
  readonly history: History;
  readonly database: Database;
  readonly effects: readonly Effect[];
}): Promise<readonly string[]> {
  const { now, scenario, history, database, effects } = world;
  const { store, sqlite } = database;
  const rows = await readRows({
    idText: (column) => `nullif(lower(hex(${column})), '')`,
    prefix: "",
    all: async (sql) => sqlite.prepare(sql).all(),
  });
  const runs = (await store.findFlowRuns({}, "created-asc", { limit: 10_000 })).items;
  const schedules = (await store.findObjects("schedule", { where: { all: [] } }, { limit: 100 })).items;
  const orders = await readOrders(store);
  const evidence: Evidence = { now, scenario, history, effects, rows, runs, schedules, orders };
  return [
    ...history.violations,
    ...invariants.flatMap((invariant) => invariant(evidence)),
    ...(await store.check()).map((finding) => `I11: ${finding}`),
    ...sqlite
      .prepare("pragma integrity_check")
      .all()
      .flatMap(({ integrity_check: finding }) => (finding === "ok" ? [] : [`I11: ${String(finding)}`])),
  ];
}

/**
 * A run that a server has made for a schedule which was changed meanwhile is deleted, and made again under the same id: its
 * events stay, and begin anew.
 */
function withoutDeleted(events: Rows["events"]): Rows["events"] {
  const last = new Map<string, number>();
  const moved = new Set<string>();
  for (const [at, { flowRunId, taskRunId, states }] of events.entries()) {
    if (taskRunId !== null || flowRunId === null) continue;
    const isAnew = states.at(-1) === "Scheduled" && events[last.get(flowRunId) ?? at]?.states.at(-1) === "Scheduled";
    if (isAnew && !moved.has(flowRunId)) last.set(flowRunId, at);
    else moved.add(flowRunId);
  }
  return events.filter(({ flowRunId, taskRunId }, at) => taskRunId !== null || at >= (last.get(flowRunId ?? "") ?? 0));
}
