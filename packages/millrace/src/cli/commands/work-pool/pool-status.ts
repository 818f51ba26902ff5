import type { Worker, WorkPool } from "../../../contract/objects.ts";
import { isOnline } from "../../../contract/work.ts";
import type { Look } from "../../output/look.ts";
import type { Style } from "../../output/paint.ts";

/** Whether somebody is there to run what waits. */
export type PoolStatus = "ready" | "paused" | "no worker";

export function poolStatus({ paused }: WorkPool, workers: readonly Worker[], now: number): PoolStatus {
  if (paused) return "paused";
  return workers.some((worker) => isOnline(worker, now)) ? "ready" : "no worker";
}

export function poolStatusStyle(status: PoolStatus, { paint }: Look): Style {
  switch (status) {
    case "ready":
      return paint.green;
    case "paused":
      return paint.yellow;
    case "no worker":
      return paint.dim;
  }
}

/** "3", or "none" where as many go at once as there are. */
export function limitText(limit: number | null | undefined): string {
  return limit == null ? "none" : String(limit);
}
