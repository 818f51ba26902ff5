/**
 * Every metric that a server or a worker tells at GET /metrics. The tables drive what is counted and docs/operations.md. No label has a
 * text of a person but the name of a work pool.
 */

import type { Metrics, MetricTable } from "../kit/metrics.ts";

/** In s. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const briefBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5] as const;
const tickBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] as const;
const rowBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] as const;

const counter = (help: string, labels: readonly string[] = []) => ({ type: "counter", help, labels }) as const;
const gauge = (help: string, labels: readonly string[] = []) => ({ type: "gauge", help, labels }) as const;
const histogram = (
  help: string,
  { labels, buckets }: { readonly labels: readonly string[]; readonly buckets: readonly number[] },
) => ({ type: "histogram", help, labels, buckets }) as const;

/** What each process tells of itself; names as Prometheus' own client for Node has them. */
const processMetricTable = {
  process_start_time_seconds: gauge("When the process began, in s since the epoch."),
  process_cpu_user_seconds_total: counter("Time of the processor that the process has used itself."),
  process_cpu_system_seconds_total: counter("Time of the processor that the system has used for it."),
  process_resident_memory_bytes: gauge("Memory of the process."),
  process_open_fds: gauge("File descriptors that are open (Linux)."),
  nodejs_heap_size_total_bytes: gauge("The size of the heap."),
  nodejs_heap_size_used_bytes: gauge("What of the heap is used."),
  nodejs_external_memory_bytes: gauge("Memory of objects outside of the heap."),
  nodejs_eventloop_utilization: gauge(
    "The part of the time since the last reading in which the event loop worked; 0 to 1.",
  ),
  nodejs_eventloop_lag_mean_seconds: gauge("By how much the event loop was late since the last reading: the mean."),
  nodejs_eventloop_lag_p50_seconds: gauge("The same: the median."),
  nodejs_eventloop_lag_p99_seconds: gauge("The same: the 99th percentile."),
  nodejs_eventloop_lag_max_seconds: gauge("The same: the longest."),
  nodejs_gc_duration_seconds: histogram("How long collections of garbage took, since the first reading.", {
    labels: ["kind"],
    buckets: briefBuckets,
  }),
} as const satisfies MetricTable;

const buildInfo = gauge("Always 1; its labels say which version runs, on which Node.", ["version", "node"]);

export const metricTable = {
  millrace_build_info: buildInfo,

  // HTTP
  millrace_http_requests_total: counter(
    'Requests that were answered, by the template of their route ("none" where there is none) and the class of their status (2xx).',
    ["verb", "route", "status"],
  ),
  millrace_http_request_seconds: histogram("How long requests took to be answered, by the template of their route.", {
    labels: ["verb", "route"],
    buckets: requestBuckets,
  }),
  millrace_http_requests_in_flight: gauge("Requests that are worked on; probes and streams are not counted."),
  millrace_event_streams_open: gauge("Event streams of /v1 that are open."),
  millrace_sockets_open: gauge("WebSockets of Prefect's clients that are open."),
  millrace_refused_total: counter(
    "What was refused by a limit: `what` is request, stream or socket; `limit` is client (of one address), server (of all) or stopping.",
    ["what", "limit"],
  ),

  // Loops
  millrace_loop_ticks_total: counter("Ticks of a server's loops that have ended.", ["loop"]),
  millrace_loop_failures_total: counter("Ticks, and looks for the next one, that failed.", ["loop"]),
  millrace_loop_lag_seconds: gauge("By how much the next tick is late.", ["loop"]),
  millrace_loop_tick_seconds: histogram("How long ticks took.", { labels: ["loop"], buckets: tickBuckets }),

  // What this server records
  millrace_flow_run_states_total: counter("States of flow runs that this server has recorded, by type.", ["type"]),
  millrace_task_run_states_total: counter(
    "States of task runs that this server has recorded, by type. Those that a task passes within one batch count as the last.",
    ["type"],
  ),
  millrace_commit_rows: histogram("Rows that were recorded together: runs, states, logs, artifacts and events.", {
    labels: [],
    buckets: rowBuckets,
  }),
  millrace_commit_seconds: histogram("How long it took to record them.", { labels: [], buckets: briefBuckets }),
  millrace_commit_failures_total: counter("Batches that could not be recorded, by the code of the error.", ["code"]),

  // The ledger, for all its servers and processes; read at most every 10 s
  millrace_ledger_up: gauge("1 when the ledger answered the questions of these figures in time, else 0."),
  millrace_flow_runs: gauge("Flow runs that have not ended, by the type of their state.", ["type"]),
  millrace_late_runs: gauge("Flow runs that are late: their time has come, and nobody has started them."),
  millrace_due_runs: gauge("Flow runs that are due and not started."),
  millrace_oldest_due_seconds: gauge("Since when the run is due that waits longest; 0 when none does."),
  millrace_pool_due_runs: gauge(
    'Flow runs that are due and not started, by work pool: the 50 with the most, and "other"; "" for runs of no pool.',
    ["pool"],
  ),
  millrace_pool_active_runs: gauge("Flow runs that are PENDING, RUNNING or CANCELLING, by work pool, as above.", [
    "pool",
  ]),
  millrace_workers_online: gauge("Workers that are there, by work pool, as above.", ["pool"]),
  millrace_executors: gauge("Processes that execute runs and whose lease has not ended."),
  millrace_events_unevaluated: gauge("Events that automations have not looked at yet."),
  millrace_database_size_bytes: gauge("How big the ledger is in its database."),
  millrace_sqlite_log_bytes: gauge("SQLite: the size of the write-ahead log's file."),
  millrace_postgres_connections: gauge("PostgreSQL: connections of this server's pool: `use` is busy or idle.", [
    "use",
  ]),
  millrace_postgres_connections_max: gauge("PostgreSQL: connections that the pool may have."),
  millrace_postgres_waiting: gauge("PostgreSQL: questions that wait for a connection."),

  ...processMetricTable,
} as const satisfies MetricTable;

/** Of a worker that was given a port for it. */
export const workerMetricTable = {
  millrace_build_info: buildInfo,
  millrace_worker_runs_started_total: counter("Runs that the worker has started."),
  millrace_worker_runs_ended_total: counter("Runs that it has seen to their end, by the type of their last state.", [
    "type",
  ]),
  millrace_worker_runs_active: gauge("Runs that it has under way, those among them that it is about to start."),
  millrace_worker_run_limit: gauge("Runs that it may have under way."),
  millrace_worker_troubles_total: counter("What went wrong, of runs and of signs of life; it is printed too."),
  millrace_worker_last_heartbeat_seconds: gauge("When its last sign of life was taken, in s since the epoch."),
  ...processMetricTable,
} as const satisfies MetricTable;

export type ServerMetrics = Metrics<typeof metricTable>;
/** What is the same for both. */
export type ProcessMetrics = Pick<
  Metrics<typeof processMetricTable & { readonly millrace_build_info: typeof buildInfo }>,
  "set" | "observe" | "onRead"
>;
