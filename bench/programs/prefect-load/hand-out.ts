import type { PrefectApi } from "./client.ts";
import { createDeployment, createPool, handOut } from "./pool.ts";

const poolName = "load";
/** The most that Prefect makes by one request. */
const batch = 100;

/** Runs that are due, handed out a second. */
export async function measureHandOut(
  api: PrefectApi,
  plan: { readonly count: number; readonly pollers: number; readonly limitMs: number },
): Promise<{ readonly perSecond: number }> {
  await createPool(api, poolName);
  const deploymentId = await createDeployment(api, { name: "load", poolName });
  const state = { type: "SCHEDULED", state_details: { scheduled_time: new Date().toISOString() } };
  for (let made = 0; made < plan.count; made += batch) {
    const runs = Array.from({ length: Math.min(batch, plan.count - made) }, () => ({ state }));
    await api.insist("POST", `/deployments/${deploymentId}/create_flow_run/bulk`, runs);
  }
  const startedAt = performance.now();
  const handed = await handOut(api, { ...plan, poolName, idleMs: 50 });
  return { perSecond: (handed / (performance.now() - startedAt)) * 1000 };
}
