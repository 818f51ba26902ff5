import type { PrefectApi } from "./client.ts";
import { measureRate, type Rate } from "./in-flight.ts";

export interface OrchestrationAnswer {
  readonly status: "ACCEPT" | "REJECT" | "WAIT" | "ABORT";
}

export async function createFlow(api: PrefectApi, name: string): Promise<string> {
  return (await api.insist<{ readonly id: string }>("POST", "/flows/", { name })).id;
}

export async function createFlowRun(create: PrefectApi["ask"], flowId: string): Promise<string> {
  const state = { type: "PENDING", name: "Pending" };
  return (await create<{ readonly id: string }>("POST", "/flow_runs/", { flow_id: flowId, state })).id;
}

export function proposeState(api: PrefectApi, id: string, type: string): Promise<OrchestrationAnswer> {
  return api.ask("POST", `/flow_runs/${id}/set_state`, { state: { type }, force: false });
}

/** As a client does it: three requests, each with its orchestration. */
async function createAndComplete(api: PrefectApi, flowId: string): Promise<string> {
  const id = await createFlowRun(api.ask, flowId);
  for (const type of ["RUNNING", "COMPLETED"]) {
    const { status } = await proposeState(api, id, type);
    if (status !== "ACCEPT") throw new Error(`${type} was answered ${status}`);
  }
  return id;
}

/** Flow runs created and completed a second, and the ids of those. */
export async function measureFlowRuns(
  api: PrefectApi,
  plan: { readonly count: number; readonly width: number; readonly limitMs: number },
): Promise<{ readonly rate: Rate; readonly ids: readonly string[] }> {
  const flowId = await createFlow(api, "load");
  const ids: string[] = [];
  const rate = await measureRate({
    ...plan,
    items: Array(plan.count).keys(),
    work: async () => ids.push(await createAndComplete(api, flowId)),
  });
  return { rate, ids };
}
