/**
 * Figures of the ledger, for all who record in it. They are asked of the database, so at most every 10 s, whoever reads how often; each
 * question is answered by an index, and none gives more than a bounded number of rows.
 */

import type { Api } from "../../contract/api.ts";
import { findLastSeq } from "../../contract/last-event.ts";
import type { ServerMetrics } from "../../contract/metrics.ts";
import type { Condition } from "../../contract/query.ts";
import { isTerminal, stateTypes } from "../../contract/states.ts";
import type { Store } from "../../contract/store.ts";
import { isOnline } from "../../contract/work.ts";
import type { Clock } from "../../kit/clock.ts";
import { abortable, timeoutSignal } from "../../kit/signal.ts";
import { readEvaluatedSeq } from "../../loops/automations/leadership.ts";

const keptForMs = 10_000;
/** How long a reading waits for the database, in ms: it tells the rest without it. */
const withinMs = 2000;
/** Work pools that are told by name. */
const maxPools = 50;
const maxWorkers = 1000;
/** A worker that was seen before that is not there, whatever its interval is. In ms. */
const longestSilenceMs = 3_600_000;

const going = stateTypes.filter((type) => !isTerminal(type));
const active = ["PENDING", "RUNNING", "CANCELLING"];

export interface LedgerToMeasure {
  readonly api: Api;
  readonly store: Pick<Store, "describe" | "findProcesses" | "readLoad">;
  readonly clock: Clock;
}

export function measureLedger(metrics: ServerMetrics, ledger: LedgerToMeasure): void {
  const { store, clock } = ledger;
  let readAt: number | null = null;
  let underWay: Promise<void> | null = null;

  metrics.onRead(() => measureLoad(metrics, store));

  metrics.onRead(async () => {
    if (readAt !== null && clock.monotonic() - readAt < keptForMs) return;
    underWay ??= measure(metrics, ledger).finally(() => {
      underWay = null;
    });
    using limit = timeoutSignal({ ms: withinMs, clock });
    try {
      await abortable(underWay, limit.signal);
      readAt = clock.monotonic();
      metrics.set("millrace_ledger_up", [], 1);
    } catch {
      metrics.set("millrace_ledger_up", [], 0);
    }
  });
}

function measureLoad(metrics: ServerMetrics, store: Pick<Store, "readLoad">): void {
  const { logBytes, connections } = store.readLoad();
  if (logBytes !== null) metrics.set("millrace_sqlite_log_bytes", [], logBytes);
  if (connections === null) return;
  metrics.set("millrace_postgres_connections", ["busy"], connections.busy);
  metrics.set("millrace_postgres_connections", ["idle"], connections.idle);
  metrics.set("millrace_postgres_connections_max", [], connections.max);
  metrics.set("millrace_postgres_waiting", [], connections.waiting);
}

async function measure(metrics: ServerMetrics, { api, store, clock }: LedgerToMeasure): Promise<void> {
  const now = clock.now();
  const due: Condition = { field: "dueAt", atMost: now };
  const late: Condition = {
    all: [
      { field: "stateName", in: ["Late"] },
      { field: "dueAt", atMost: now },
    ],
  };

  const runs = await api.countFlowRuns({ stateTypes: going });
  for (const type of going) metrics.set("millrace_flow_runs", [type], runs[type] ?? 0);
  metrics.set("millrace_late_runs", [], await api.count("flow-run", late));
  metrics.set("millrace_due_runs", [], await api.count("flow-run", due));
  const [oldest] = (await api.listFlowRunRows({ where: due }, "due-asc", { limit: 1 })).items;
  metrics.set("millrace_oldest_due_seconds", [], oldest?.dueAt == null ? 0 : Math.max(0, now - oldest.dueAt) / 1000);

  const dueOfPools = await api.countBy("flow-run", "workPoolId", due);
  const activeOfPools = await api.countBy("flow-run", "workPoolId", { field: "stateType", in: active });
  const workers = await countWorkers(api, now);
  const nameOf = await namePools(api, [...dueOfPools, ...activeOfPools, ...workers]);
  tellByPool(metrics, { metric: "millrace_pool_due_runs", counts: dueOfPools, nameOf });
  tellByPool(metrics, { metric: "millrace_pool_active_runs", counts: activeOfPools, nameOf });
  tellByPool(metrics, { metric: "millrace_workers_online", counts: workers, nameOf });

  const executors = await store.findProcesses();
  metrics.set("millrace_executors", [], executors.filter(({ leaseExpiresAt }) => leaseExpiresAt > now).length);
  const evaluated = await readEvaluatedSeq(api);
  metrics.set("millrace_events_unevaluated", [], Math.max(0, (await findLastSeq(api)) - (evaluated ?? 0)));
  metrics.set("millrace_database_size_bytes", [], (await store.describe()).sizeBytes);
}

/** How many there are of a pool, by its id; of none by null. */
interface PoolCount {
  readonly value: unknown;
  readonly count: number;
}

async function countWorkers(api: Api, now: number): Promise<readonly PoolCount[]> {
  const where: Condition = { field: "heartbeatAt", atLeast: now - longestSilenceMs };
  const { items } = await api.listObjects("worker", { where }, { limit: maxWorkers });
  const online = items.filter((worker) => isOnline(worker, now));
  return [...Map.groupBy(online, ({ workPoolId }) => workPoolId)].map(([value, { length: count }]) => ({
    value,
    count,
  }));
}

/** The names of the first pools; of others, which are not there or too many, it is "other". */
async function namePools(api: Api, counts: readonly PoolCount[]): Promise<(id: unknown) => string> {
  const ids = [...new Set(counts.toSorted((one, other) => other.count - one.count).map(({ value }) => value))]
    .filter((id) => typeof id === "string")
    .slice(0, maxPools);
  const { items } = await api.listObjects("work-pool", { where: { field: "id", in: ids } }, { limit: maxPools });
  const names = new Map<unknown, string>(items.map(({ id, name }) => [id, name]));
  return (id) => (id === null ? "" : (names.get(id) ?? "other"));
}

function tellByPool(
  metrics: ServerMetrics,
  told: {
    readonly metric: "millrace_pool_due_runs" | "millrace_pool_active_runs" | "millrace_workers_online";
    readonly counts: readonly PoolCount[];
    readonly nameOf: (id: unknown) => string;
  },
): void {
  metrics.clear(told.metric);
  for (const { value, count } of told.counts) metrics.add(told.metric, [told.nameOf(value)], count);
}
