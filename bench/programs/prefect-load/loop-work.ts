/**
 * Work for the loops of a server, due when the server that is asked is gone: node loop-work.ts API-URL PLAN, the plan as JSON.
 */

import { openPrefectApi, type PrefectApi } from "./client.ts";
import { createFlow, createFlowRun, proposeState } from "./flow-runs.ts";
import { measureRate } from "./in-flight.ts";
import { createDeployment, createPool } from "./pool.ts";

export interface LoopWork {
  readonly schedules: number;
  /** Runs that are late, pauses and leases that are over, cancellations that nobody confirms, and ended runs, of each so many. */
  readonly ofEach: number;
  /** Which count late runs, and do nothing when there are enough. */
  readonly automations: number;
  /** When all of it is due, in ms UTC. */
  readonly dueAt: number;
}

const width = 8;
const eachDeployment = 50;
const limitMs = 300_000;

async function make(api: PrefectApi, { schedules, ofEach, automations, dueAt }: LoopWork): Promise<void> {
  const flowId = await createFlow(api, "load");
  const due = new Date(dueAt).toISOString();
  const all = async (count: number, work: (index: number) => Promise<unknown>): Promise<void> => {
    const { refused } = await measureRate({ items: Array(count).keys(), width, limitMs, work });
    if (refused > 0) throw new Error(`${refused} requests were refused`);
  };
  await all(ofEach, () =>
    api.ask("POST", "/flow_runs/", {
      flow_id: flowId,
      state: { type: "SCHEDULED", state_details: { scheduled_time: due } },
    }),
  );
  const begin = async (): Promise<string> => {
    const id = await createFlowRun(api.ask, flowId);
    await proposeState(api, id, "RUNNING");
    return id;
  };
  const end = async (state: object): Promise<void> => {
    await api.ask("POST", `/flow_runs/${await begin()}/set_state`, { state, force: false });
  };
  await all(ofEach, () => end({ type: "PAUSED", state_details: { pause_timeout: due, pause_key: "k" } }));
  await all(ofEach, () => end({ type: "CANCELLING" }));
  await all(ofEach, () => end({ type: "COMPLETED" }));
  await api.ask("POST", "/v2/concurrency_limits/", { name: "shared", limit: ofEach });
  const lease_duration = Math.max(60, (dueAt - Date.now()) / 1000);
  const lease = { names: ["shared"], slots: 1, mode: "concurrency", lease_duration };
  await all(ofEach, () => api.ask("POST", "/v2/concurrency_limits/increment-with-lease", lease));
  await all(automations, (index) => api.ask("POST", "/automations/", anAutomation(index, ofEach)));
  // Last, as the runs that they have ahead are made at once.
  await createPool(api, "work");
  for (let from = 0; from < schedules; from += eachDeployment) {
    const some = Array.from({ length: eachDeployment }, () => ({
      active: true,
      schedule: { interval: 10, anchor_date: new Date().toISOString(), timezone: "UTC" },
    }));
    await createDeployment(api, { name: `often-${from}`, poolName: "work", schedules: some });
  }
}

/** Every fourth for each run alone; every other one by what is missing afterwards. */
function anAutomation(index: number, ofEach: number): object {
  return {
    name: `late-${index}`,
    trigger: {
      type: "event",
      posture: index % 2 === 0 ? "Reactive" : "Proactive",
      match: { "prefect.resource.id": "prefect.flow-run.*" },
      after: index % 2 === 0 ? [] : ["prefect.flow-run.Late"],
      expect: [index % 2 === 0 ? "prefect.flow-run.Late" : "prefect.flow-run.Running"],
      for_each: index % 4 === 0 ? ["prefect.resource.id"] : [],
      threshold: index % 2 === 0 && index % 4 !== 0 ? Math.max(1, Math.floor(ofEach / 10)) : 1,
      within: 30,
    },
    actions: [{ type: "do-nothing" }],
  };
}

const [url = "", plan = ""] = process.argv.slice(2);
const api = openPrefectApi(url);
await make(api, JSON.parse(plan) as LoopWork);
api.close();
process.stdout.write("{}\n");
