import { number, text, texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const workerStart = defineCommand({
  summary: "Start a worker that executes the runs of a work pool",
  details: [
    "Each run of a TypeScript deployment gets a process of its own, which can be cancelled and killed alone. Processes are kept ready, with the code loaded, so that a run starts at once. Python deployments are left to `prefect worker start`.",
    "Without a server (MILLRACE_API_URL) it works over this machine's own ledger, and looks after schedules too.",
    "What is not given here may be set: workerPool, workerType, workerQueues, workerLimit and workerReady, in variables of the environment (MILLRACE_WORKER_POOL), millrace.toml or a profile.",
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
      name,
    } = options;
    const queues = options.queue.length > 0 ? options.queue : (settings.workerQueues ?? []);
    if (pool === null) {
      throw new UsageProblem("--pool is missing: whose runs should it take?", "MILLRACE_WORKER_POOL sets it too");
    }
    const { startWorker } = await import("../../../app/start-worker.ts");
    const { describeDispatch } = await import("../../../app/describe-dispatch.ts");
    const { listenForStop } = await import("../../../app/told-to-stop.ts");
    using stop = listenForStop();
    const worker = await startWorker({
      settings,
      pool,
      type,
      queues,
      ...(name === undefined ? {} : { name }),
      limit,
      ready,
      onReport(report) {
        if (context.json) context.out.jsonLine(report);
        else context.err.line(cleanLine(describeDispatch(report)));
      },
    });
    if (context.json) {
      const { id } = worker.pool;
      context.out.jsonLine({ kind: "ready", worker: worker.name, pool: { id, name: pool }, pid: process.pid });
    } else {
      const where = worker.serverUrl === null ? "over this machine's own ledger" : `for ${worker.serverUrl}`;
      context.out.line(`Worker ${worker.name} takes runs of pool ${pool}, ${where}. Ctrl-C stops it.`);
    }
    stop.onAgain(() => void worker.stop());
    await stop.asked;
    if (!context.json) context.err.line("Taking no more runs; those under way may end. Again ends them at once.");
    await worker.stop();
    return undefined;
  },
});
