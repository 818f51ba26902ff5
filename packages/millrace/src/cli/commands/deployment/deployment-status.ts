import type { Api } from "../../../contract/api.ts";
import type { Deployment } from "../../../contract/objects.ts";
import { isServed } from "../../../contract/work.ts";
import type { Look } from "../../output/look.ts";
import type { Style } from "../../output/paint.ts";

/** Whether a run of it would begin now. */
export type DeploymentStatus = "ready" | "paused" | "not ready";

/** One without a work pool is served by a process of its own; one with a pool by whoever asks its queue. */
export async function statusOf(
  api: Pick<Api, "readObject">,
  { paused, polledAt, workQueueId }: Deployment,
  now: number,
): Promise<DeploymentStatus> {
  if (paused) return "paused";
  if (isServed(polledAt, now)) return "ready";
  const queue = workQueueId === null ? null : await api.readObject("work-queue", workQueueId);
  return queue !== null && isServed(queue.polledAt, now) ? "ready" : "not ready";
}

export function statusStyle(status: DeploymentStatus, { paint }: Look): Style {
  switch (status) {
    case "ready":
      return paint.green;
    case "paused":
      return paint.yellow;
    case "not ready":
      return paint.dim;
  }
}
