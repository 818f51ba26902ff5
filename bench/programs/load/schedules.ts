/**
 * Many schedules that are due within a minute, each of a deployment of its own, handed out by several servers over one ledger,
 * and one schedule of a workspace beside them: node schedules.ts URLS PLAN, the URLs of the servers and the plan as JSON.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "millrace/client";
import { openPrefectApi } from "../prefect-load/client.ts";
import { createFlow } from "../prefect-load/flow-runs.ts";
import { measureRate } from "../prefect-load/in-flight.ts";
import { createDeployment, createPool, handOut } from "../prefect-load/pool.ts";
import "./end-with-parent.ts";

export interface SchedulesPlan {
  readonly schedules: number;
  /** From now until the first is due: the time there is to make them all. */
  readonly leadMs: number;
  /** From the first due time to the last. */
  readonly spreadMs: number;
  /** Of each server. */
  readonly pollers: number;
  /** Of the handing out, after the first is due. */
  readonly limitMs: number;
}

export interface Scheduled {
  readonly handed: number;
  /** Runs that the ledger has of those times: one a schedule. */
  readonly made: number;
  /** From the due time until a poller was let have the run. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of the other workspace's. */
  readonly otherMs: number;
}

const poolName = "due";
const workspace = "beside";
const madeAtOnce = 8;
const aDayS = 86_400;
/** Between two questions of a poller that was answered nothing. A worker waits 10 s; that would be measured in its place. */
const idleMs = 250;

function toSchedule(dueAt: number): unknown {
  return { active: true, schedule: { interval: aDayS, anchor_date: new Date(dueAt).toISOString(), timezone: "UTC" } };
}

async function measure(urls: readonly string[], plan: SchedulesPlan): Promise<Scheduled> {
  const { schedules, leadMs, spreadMs, pollers, limitMs } = plan;
  const [first = ""] = urls;
  const client = createClient({ url: first });
  const apis = urls.map((url) => openPrefectApi(`${url}/api`));
  const [api] = apis;
  if (api === undefined) throw new Error("no server is named");
  const firstDueAt = Date.now() + leadMs;
  const otherDueAt = firstDueAt + spreadMs / 2;
  await client.createWorkspace({ name: workspace });
  const other = openPrefectApi(`${first}/workspaces/${workspace}/api`);
  await createPool(other, poolName);
  await createDeployment(other, { name: "due", poolName, schedules: [toSchedule(otherDueAt)] });
  await createPool(api, poolName);
  await createFlow(api, "deployed");
  const made = await measureRate({
    items: Array(schedules).keys(),
    width: madeAtOnce,
    limitMs: leadMs,
    work: (index) =>
      createDeployment(api, {
        name: `due-${index}`,
        poolName,
        schedules: [toSchedule(firstDueAt + (index / schedules) * spreadMs)],
      }),
  });
  if (made.refused > 0 || Date.now() > firstDueAt) throw new Error(`the schedules were not made within ${leadMs} ms`);
  void sleep(firstDueAt - Date.now()).then(() => process.stdout.write("due\n"));
  const latenessMs: number[] = [];
  let otherMs = limitMs;
  const plans = { poolName, idleMs, limitMs: firstDueAt - Date.now() + limitMs };
  await Promise.all([
    ...apis.map((each) =>
      handOut(each, {
        ...plans,
        count: schedules,
        pollers,
        isDone: () => latenessMs.length >= schedules,
        onHanded: ({ dueAt }) => latenessMs.push(Date.now() - dueAt),
      }),
    ),
    handOut(other, {
      ...plans,
      count: 1,
      pollers: 1,
      onHanded({ dueAt }) {
        otherMs = Date.now() - dueAt;
      },
    }),
  ]);
  process.stdout.write("over\n");
  // What was not handed out in time is as late as can be.
  const missing = Array.from({ length: schedules - latenessMs.length }, () => limitMs);
  const sorted = [...latenessMs, ...missing].toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const isOfThem = [
    { field: "autoScheduled", in: [true] },
    { field: "expectedAt", atMost: firstDueAt + spreadMs },
  ];
  return {
    handed: latenessMs.length,
    made: await client.count("flow-run", { all: isOfThem }),
    medianMs: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    otherMs,
  };
}

const [urls = "[]", plan = ""] = process.argv.slice(2);
const scheduled = await measure(JSON.parse(urls) as readonly string[], JSON.parse(plan) as SchedulesPlan);
process.stdout.write(`${JSON.stringify(scheduled)}\n`);
process.exit();
