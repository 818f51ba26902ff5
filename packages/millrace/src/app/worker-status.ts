/**
 * What a worker tells of itself where it is asked to: `/livez`, whether its process answers; `/readyz`, whether it is in touch with its
 * ledger and takes runs; `/metrics`. Nobody is asked who they are: it is read only, and names nothing of anybody's.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { workerMetricTable } from "../contract/metrics.ts";
import type { Clock } from "../kit/clock.ts";
import { formatDuration } from "../kit/duration.ts";
import { createMetrics } from "../kit/metrics.ts";
import { chooseMetricsFormat, metricsContentTypes, toMetricsText } from "../kit/metrics-text.ts";
import { createHostCheck } from "../server/http/guard-hosts.ts";
import { toListenError, urlOf } from "../server/http/listen.ts";
import type { DispatchReport } from "../worker/dispatch-report.ts";
import { measureProcess } from "./metrics/measure-process.ts";
import { findPackage } from "./package-version.ts";

/** Connections at once; more are closed. */
const maxConnections = 64;
/** A head that has not come in after so long is cut off, in ms. */
const headWithinMs = 10_000;
/** Signs of life that may go missing before it is not in touch any more. */
const missedBeats = 3;

export interface WorkerStatus {
  readonly url: string;
  /** Told of all that happens. */
  count(report: DispatchReport): void;
  /** A sign of life was taken. @param everyMs how long the next one may take */
  noteHeartbeat(everyMs: number): void;
  /** From now on it says how many runs are under way. */
  follow(readActive: () => number): void;
  /** From now on it is not ready, for it is about to stop. */
  announceStop(): void;
  close(): Promise<void>;
}

/** @throws SERVER_ADDRESS_TAKEN */
export async function startWorkerStatus(options: {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly limit: number;
  readonly clock: Clock;
}): Promise<WorkerStatus> {
  const { host, port, limit, clock } = options;
  const metrics = createMetrics(workerMetricTable);
  const version = findPackage(import.meta.dirname)?.version ?? "unknown";
  const measuring = measureProcess(metrics, { version, startedAt: clock.now() });
  metrics.set("millrace_worker_run_limit", [], limit);
  metrics.add("millrace_worker_runs_started_total", [], 0);
  metrics.add("millrace_worker_troubles_total", [], 0);
  let beat: { readonly at: number; readonly everyMs: number } | null = null;
  let isStopping = false;

  function findProblems(): readonly { readonly part: string; readonly reason: string }[] {
    if (isStopping) return [{ part: "shutdown", reason: "it is stopping" }];
    if (beat === null) return [{ part: "heartbeat", reason: "it has not been in touch with its ledger yet" }];
    const sinceMs = clock.monotonic() - beat.at;
    if (sinceMs < missedBeats * beat.everyMs) return [];
    return [{ part: "heartbeat", reason: `its last sign of life was taken ${formatDuration(sinceMs)} ago` }];
  }

  async function tell({
    path,
    accept,
  }: {
    readonly path: string;
    readonly accept: string | undefined;
  }): Promise<Answer> {
    switch (path) {
      case "/livez":
        return toJson(200, { status: "alive" });
      case "/readyz": {
        const problems = findProblems();
        return toJson(problems.length === 0 ? 200 : 503, {
          status: problems.length === 0 ? "ready" : "not ready",
          problems,
        });
      }
      case "/metrics": {
        const format = chooseMetricsFormat(accept);
        return { status: 200, type: metricsContentTypes[format], text: toMetricsText(await metrics.read(), format) };
      }
      default:
        return toJson(404, { detail: "There are /livez, /readyz and /metrics." });
    }
  }

  const server = createServer(
    { headersTimeout: headWithinMs, requestTimeout: headWithinMs },
    (request, response) => void answer(request, response, tell),
  );
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(toListenError(error, { host, port })));
    server.listen({ host, port }, resolve);
  });
  return {
    url: urlOf(server, host),
    count(report) {
      if (report.kind === "started") metrics.add("millrace_worker_runs_started_total", []);
      else if (report.kind === "ended") metrics.add("millrace_worker_runs_ended_total", [report.run.state.type]);
      else metrics.add("millrace_worker_troubles_total", []);
    },
    noteHeartbeat(everyMs) {
      beat = { at: clock.monotonic(), everyMs };
      metrics.set("millrace_worker_last_heartbeat_seconds", [], clock.now() / 1000);
    },
    follow(readActive) {
      metrics.onRead(() => metrics.set("millrace_worker_runs_active", [], readActive()));
    },
    announceStop() {
      isStopping = true;
    },
    async close() {
      measuring.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function toJson(status: number, body: object): Answer {
  return { status, type: "application/json; charset=utf-8", text: JSON.stringify(body) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tell: (asked: { readonly path: string; readonly accept: string | undefined }) => Promise<Answer>,
): Promise<void> {
  const { method = "", url = "/", headers } = request;
  const path = url.split("?", 1)[0] ?? "/";
  const told = refuse(request) ?? (await tell({ path, accept: headers.accept }));
  response.writeHead(told.status, {
    "content-type": told.type,
    "content-length": Buffer.byteLength(told.text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : told.text);
}

/** A page of a browser reaches this machine under a name of its own; addresses and names of this machine are answered. */
const checkHost = createHostCheck([]);

function refuse(request: IncomingMessage): Answer | null {
  const { method = "" } = request;
  const reason = checkHost(request);
  if (reason !== null) return toJson(403, { detail: `It is not answered: ${reason}.` });
  return method === "GET" || method === "HEAD" ? null : toJson(405, { detail: "It is read only." });
}
