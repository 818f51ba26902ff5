import { traceOf } from "../../../contract/trace-labels.ts";
import { traceIdOf } from "../../../kit/tracing.ts";
import type { DispatchReport, ErrorLine } from "../../../app/start-worker.ts";
import { number, text, texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { createProcessLog, logOptions, type LogMore, type ProcessLog } from "../../output/process-log.ts";

export const workerStart = defineCommand({
  summary: "Start a worker that executes the runs of a work pool",
  details: [
    "Each run of a TypeScript deployment gets a process of its own, which can be cancelled and killed alone. Processes are kept ready, with the code loaded, so that a run starts at once. Python deployments are left to `prefect worker start`.",
    "Without a server (MILLRACE_API_URL) it works over this machine's own ledger, and looks after schedules too.",
    "What is not given here may be set: workerPool, workerType, workerQueues, workerLimit, workerReady, workerMetricsPort and workerMetricsHost, in variables of the environment (MILLRACE_WORKER_POOL), millrace.toml or a profile.",
    "What it does is printed on the standard error: as text or, with --log-format json, as an object of JSON a line, in which is also what the processes of its runs write there.",
    "Ctrl-C and SIGTERM: it takes no more runs, lets those under way end for MILLRACE_GRACE_MS, and then interrupts them, so that they can be resumed. A second time interrupts them at once. With --json: a line for each thing that happens.",
  ],
  positionals: {},
  options: {
    pool: text("NAME", "The work pool whose runs it takes. Default: workerPool.", { short: "p" }),
    type: text("TYPE", "Make the pool, of this type, if it is not there: process."),
    queue: texts(
      "NAME",
      "Only runs of this queue; may be given several times. Default: workerQueues, else all of the pool.",
      {
        short: "q",
      },
    ),
    name: text("NAME", "Its name among the workers of the pool. Default: made of this machine's name."),
    limit: number("N", "Runs at the same time. Default: workerLimit, 10.", { min: 1, max: 1000, short: "l" }),
    ready: number("N", "Processes that wait for a run, of all deployments together. Default: workerReady, 4.", {
      max: 100,
    }),
    metricsPort: number(
      "N",
      "Answer /livez, /readyz and /metrics at this port; 0: any that is free. Default: workerMetricsPort, else nowhere.",
      { max: 65_535 },
    ),
    metricsHost: text("HOST", "The address to do so at. Default: workerMetricsHost, 127.0.0.1."),
    ...logOptions,
  },
  examples: [
    { command: "worker start --pool local --type process", why: "makes the pool if need be" },
    { command: "worker start --pool local --queue urgent --limit 2", why: "two runs at a time, of one queue" },
  ],
  async run({ options }, context) {
    const settings = await context.settings();
    const {
      pool = settings.workerPool,
      type = settings.workerType,
      limit = settings.workerLimit,
      ready = settings.workerReady,
      metricsPort = settings.workerMetricsPort,
      metricsHost = settings.workerMetricsHost,
      name,
    } = options;
    const queues = options.queue.length > 0 ? options.queue : (settings.workerQueues ?? []);
    if (pool === null) {
      throw new UsageProblem("--pool is missing: whose runs should it take?", "MILLRACE_WORKER_POOL sets it too");
    }
    const { startWorker } = await import("../../../app/start-worker.ts");
    const { describeDispatch } = await import("../../../app/describe-dispatch.ts");
    const { listenForStop } = await import("../../../app/told-to-stop.ts");
    const log = createProcessLog(context, { component: "worker", settings, options });
    using stop = listenForStop();
    const started = await log.started(
      startWorker({
        settings,
        pool,
        type,
        queues,
        ...(name === undefined ? {} : { name }),
        limit,
        ready,
        status: metricsPort === null ? null : { host: metricsHost, port: metricsPort },
        onReport(report) {
          if (context.json) context.out.jsonLine(report);
          else log[report.kind === "trouble" ? "warn" : "info"](describeDispatch(report), { fields: fieldsOf(report) });
        },
        // What user code prints there is text; in a log of JSON it is told as such.
        ...(log.format === "json" ? { onErrorLine: (line) => log.info(...describeErrorLine(line)) } : {}),
      }),
    );
    if ("exitCode" in started) return started.exitCode;
    const worker = started.value;
    if (context.json) {
      const { id } = worker.pool;
      const { statusUrl } = worker;
      context.out.jsonLine({
        kind: "ready",
        worker: worker.name,
        pool: { id, name: pool },
        pid: process.pid,
        statusUrl,
      });
    } else {
      const where = worker.serverUrl === null ? "over this machine's own ledger" : `for ${worker.serverUrl}`;
      log.told(`Worker ${worker.name} takes runs of pool ${pool}, ${where}. Ctrl-C stops it.`, {
        worker: worker.name,
        pool,
        pid: process.pid,
      });
      if (worker.statusUrl !== null)
        log.told(`How it does: ${worker.statusUrl}/metrics, ${worker.statusUrl}/readyz.`, {});
    }
    stop.onAgain(() => void worker.stop());
    await stop.asked;
    if (!context.json) log.info("Taking no more runs; those under way may end. Again ends them at once.");
    await worker.stop();
    return undefined;
  },
});

function fieldsOf({ run }: DispatchReport): NonNullable<LogMore["fields"]> {
  if (run === null) return {};
  const trace = traceOf(run.extra);
  return { runId: run.id, flow: run.flowName, traceId: trace === null ? null : traceIdOf(trace) };
}

function describeErrorLine({ line, pid, runId }: ErrorLine): Parameters<ProcessLog["info"]> {
  return [line, { component: "run", fields: { runId, pid } }];
}
