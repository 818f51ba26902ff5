/** A work pool with what is deployed to it, and the pollers that are handed its runs. */

import { setTimeout as sleep } from "node:timers/promises";
import { type PrefectApi, RefusedError } from "./client.ts";
import { createFlow, proposeState } from "./flow-runs.ts";

/** A poller takes as many of an answer before it asks again; each begins at another place, as the answers are the same. */
const takenOfAnAnswer = 10;

interface ScheduledRun {
  readonly flow_run: { readonly id: string; readonly next_scheduled_start_time: string };
}

export async function createPool(api: PrefectApi, name: string): Promise<void> {
  await api.insist("POST", "/work_pools/", { name, type: "process", base_job_template: {} });
}

export async function createDeployment(
  api: PrefectApi,
  options: { readonly name: string; readonly poolName: string; readonly schedules?: readonly unknown[] },
): Promise<string> {
  const { name, poolName, schedules = [] } = options;
  const flowId = await createFlow(api, "deployed");
  const body = { name, flow_id: flowId, work_pool_name: poolName, schedules, entrypoint: "flow.py:deployed" };
  return (await api.insist<{ readonly id: string }>("POST", "/deployments/", body)).id;
}

/**
 * Has the runs of a pool that are due handed to pollers: each asks, proposes PENDING for some of what it is answered, and
 * asks again. Ends when as many are handed out as there are, or when the time is over.
 */
export async function handOut(
  api: PrefectApi,
  plan: {
    readonly poolName: string;
    readonly count: number;
    readonly pollers: number;
    readonly limitMs: number;
    /** Between two questions of a poller that was answered nothing. */
    readonly idleMs: number;
    /** Whether others have been handed the rest. Default: they have not. */
    readonly isDone?: () => boolean;
    /** Told of each that is handed out, once. */
    readonly onHanded?: (run: { readonly id: string; readonly dueAt: number }) => void;
  },
): Promise<number> {
  const { poolName, count, pollers, limitMs, idleMs, isDone = () => false, onHanded = () => undefined } = plan;
  const startedAt = performance.now();
  let handed = 0;
  const isOver = (): boolean => handed >= count || isDone() || performance.now() - startedAt > limitMs;

  async function claim({ flow_run: { id, next_scheduled_start_time } }: ScheduledRun): Promise<void> {
    if ((await proposeState(api, id, "PENDING")).status !== "ACCEPT") return;
    handed += 1;
    onHanded({ id, dueAt: Date.parse(next_scheduled_start_time) });
  }

  async function poll(place: number): Promise<void> {
    while (!isOver()) {
      try {
        const due = await listDue(api, poolName, pollers * takenOfAnAnswer);
        if (due.length === 0) await sleep(idleMs);
        const from = Math.floor((due.length / pollers) * place);
        for (const run of due.slice(from, from + takenOfAnAnswer)) await claim(run);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: pollers }, (_, place) => poll(place)));
  return handed;
}

function listDue(api: PrefectApi, poolName: string, limit: number): Promise<readonly ScheduledRun[]> {
  const scheduled_before = new Date().toISOString();
  return api.ask("POST", `/work_pools/${poolName}/get_scheduled_flow_runs`, { scheduled_before, limit });
}
