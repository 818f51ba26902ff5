/** Task runs as Prefect's client tells of them: an event for each state, over one WebSocket. */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PrefectApi } from "./client.ts";

const pollMs = 50;
const states = [
  { type: "PENDING", name: "Pending" },
  { type: "RUNNING", name: "Running" },
  { type: "COMPLETED", name: "Completed" },
] as const;

/**
 * Task runs recorded a second: from the first event sent until the server counts all of them as completed, or until the
 * time is over, by those that it counts then.
 */
export async function measureTaskEvents(
  api: PrefectApi,
  plan: { readonly flowRunId: string; readonly count: number; readonly limitMs: number },
): Promise<{ readonly perSecond: number }> {
  const { flowRunId, count, limitMs } = plan;
  const socket = new WebSocket(api.eventsUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error(`${api.eventsUrl} cannot be opened`)));
  });
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    for (const event of toEvents(flowRunId, index)) socket.send(JSON.stringify(event));
  }
  let completed = 0;
  while (completed < count && performance.now() - startedAt < limitMs) {
    await sleep(pollMs);
    completed = await countCompleted(api, flowRunId);
  }
  const elapsedMs = performance.now() - startedAt;
  socket.close();
  return { perSecond: (completed / elapsedMs) * 1000 };
}

function countCompleted(api: PrefectApi, flowRunId: string): Promise<number> {
  return api.insist("POST", "/task_runs/count", {
    flow_runs: { id: { any_: [flowRunId] } },
    task_runs: { state: { type: { any_: ["COMPLETED"] } } },
  });
}

function toEvents(flowRunId: string, index: number): readonly unknown[] {
  const taskRunId = randomUUID();
  const name = `noop-${index}`;
  const startedAt = Date.now();
  const ids = states.map(() => randomUUID());
  return states.map((state, step) => {
    const occurred = new Date(startedAt + step).toISOString();
    const before = states[step - 1];
    return {
      id: ids[step],
      follows: ids[step - 1] ?? null,
      occurred,
      event: `prefect.task-run.${state.name}`,
      resource: {
        "prefect.resource.id": `prefect.task-run.${taskRunId}`,
        "prefect.resource.name": name,
        "prefect.run-count": step === 0 ? "0" : "1",
        "prefect.state-message": "",
        "prefect.state-name": state.name,
        "prefect.state-timestamp": occurred,
        "prefect.state-type": state.type,
        "prefect.orchestration": "client",
      },
      related: [{ "prefect.resource.id": `prefect.flow-run.${flowRunId}`, "prefect.resource.role": "flow-run" }],
      payload: {
        intended: { from: before?.type ?? null, to: state.type },
        initial_state: before === undefined ? null : { ...before, message: "", state_details: {} },
        validated_state: { ...state, message: "", state_details: {}, data: null },
        task_run: {
          name,
          task_key: "noop-ac7b017b",
          dynamic_key: `${index}-${taskRunId}`,
          empirical_policy: { max_retries: 0, retry_delay_seconds: 0, retries: 0, retry_delay: 0 },
          tags: [],
          labels: {},
          task_inputs: { index: [] },
          run_count: step === 0 ? 0 : 1,
          flow_run_run_count: 1,
          expected_start_time: new Date(startedAt).toISOString(),
        },
      },
    };
  });
}
