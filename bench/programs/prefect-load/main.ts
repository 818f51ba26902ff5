/** Asks a server that speaks Prefect's API as fast as it answers: node main.ts API-URL PLAN, the plan as JSON. */

import { openPrefectApi, type PrefectApi } from "./client.ts";
import { createFlow, createFlowRun, measureFlowRuns } from "./flow-runs.ts";
import { measureHandOut } from "./hand-out.ts";
import type { Rate } from "./in-flight.ts";
import { listed, measureReads, type Reads } from "./reads.ts";
import { measureTaskEvents } from "./task-events.ts";

/** How much of each; a part ends early when its time is over. */
export interface Plan {
  readonly flowRuns: number;
  readonly taskRuns: number;
  readonly reads: number;
  readonly due: number;
  readonly pollers: number;
  /** Requests in flight. */
  readonly width: number;
  /** Of each part, in ms. */
  readonly limitMs: number;
}

/** All a second. */
export interface Load extends Reads {
  readonly flowRunsCompleted: Rate;
  readonly taskRunsRecorded: number;
  readonly handedOut: number;
}

async function measure(api: PrefectApi, plan: Plan): Promise<Load> {
  const { width, limitMs } = plan;
  const { rate, ids } = await measureFlowRuns(api, { count: plan.flowRuns, width, limitMs });
  // What the lists show, where the time did not suffice for so many.
  const flowId = await createFlow(api, "listed");
  const flowRunId = await createFlowRun(api.insist, flowId);
  for (let made = ids.length; made < listed; made += 1) await createFlowRun(api.insist, flowId);
  const events = await measureTaskEvents(api, { flowRunId, count: plan.taskRuns, limitMs: limitMs * 4 });
  const reads = await measureReads(api, { ids: [flowRunId, ...ids], count: plan.reads, width, limitMs });
  const due = await measureHandOut(api, { count: plan.due, pollers: plan.pollers, limitMs: limitMs * 2 });
  return { flowRunsCompleted: rate, taskRunsRecorded: events.perSecond, ...reads, handedOut: due.perSecond };
}

const [url = "", plan = ""] = process.argv.slice(2);
const api = openPrefectApi(url);
process.stdout.write(`${JSON.stringify(await measure(api, JSON.parse(plan) as Plan))}\n`);
api.close();
