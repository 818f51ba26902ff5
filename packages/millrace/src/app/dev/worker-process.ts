/** The worker under `millrace dev`: starts each run in a process of its own. */

import { readSettings } from "../settings.ts";
import { startWorker } from "../start-worker.ts";
import { obeyStarter } from "./kept-process.ts";
import type { WorkerProcessOptions, WorkerReady, WorkerReport } from "./messages.ts";

/** Processes that wait for a run with its code loaded, of all deployments together. */
const readyProcesses = 2;

obeyStarter<WorkerProcessOptions, WorkerReady, WorkerReport>(async (options, report) => {
  const { home, apiUrl, pool, limit } = options;
  const worker = await startWorker({
    settings: readSettings({ home, apiUrl }),
    pool,
    type: "process",
    queues: [],
    limit,
    ready: readyProcesses,
    onReport(told) {
      if (told.kind === "trouble") report(told);
    },
  });
  return { ready: { name: worker.name }, stop: () => worker.stop() };
});
