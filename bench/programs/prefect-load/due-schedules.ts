/**
 * Schedules that come due within a while, each once, and how late pollers are handed their runs:
 * node due-schedules.ts API-URL PLAN, the plan as JSON.
 */

import { openPrefectApi, type PrefectApi } from "./client.ts";
import { createDeployment, createPool, handOut } from "./pool.ts";

export interface SchedulesPlan {
  readonly schedules: number;
  /** How many of them a deployment has. */
  readonly eachDeployment: number;
  /** From now until the first is due: the time there is to make them all. */
  readonly leadMs: number;
  /** From the first due time to the last. */
  readonly spreadMs: number;
  readonly pollers: number;
  /** Of the handing out, after the first is due. */
  readonly limitMs: number;
}

export interface Lateness {
  readonly handed: number;
  /** From the due time until a poller was let have the run. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const poolName = "due";
const aDayS = 86_400;
/** Between two questions of a poller that was answered nothing. A worker waits 10 s; that would be measured in its place. */
const idleMs = 250;

async function measure(api: PrefectApi, plan: SchedulesPlan): Promise<Lateness> {
  const { schedules, eachDeployment, leadMs, spreadMs, pollers, limitMs } = plan;
  const firstDueAt = Date.now() + leadMs;
  await createPool(api, poolName);
  for (let from = 0; from < schedules; from += eachDeployment) {
    const some = Array.from({ length: Math.min(eachDeployment, schedules - from) }, (_, index) =>
      toSchedule(firstDueAt + ((from + index) / schedules) * spreadMs),
    );
    await createDeployment(api, { name: `due-${from}`, poolName, schedules: some });
  }
  if (Date.now() > firstDueAt) throw new Error(`the schedules were not made within ${leadMs} ms`);
  const latenessMs: number[] = [];
  await handOut(api, {
    poolName,
    count: schedules,
    pollers,
    idleMs,
    limitMs: firstDueAt - Date.now() + limitMs,
    onHanded: ({ dueAt }) => latenessMs.push(Date.now() - dueAt),
  });
  // What was not handed out in time is as late as can be.
  const missing = Array.from({ length: schedules - latenessMs.length }, () => limitMs);
  const sorted = [...latenessMs, ...missing].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { handed: latenessMs.length, medianMs: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

function toSchedule(dueAt: number): unknown {
  return { active: true, schedule: { interval: aDayS, anchor_date: new Date(dueAt).toISOString(), timezone: "UTC" } };
}

const [url = "", plan = ""] = process.argv.slice(2);
const api = openPrefectApi(url);
process.stdout.write(`${JSON.stringify(await measure(api, JSON.parse(plan) as SchedulesPlan))}\n`);
api.close();
