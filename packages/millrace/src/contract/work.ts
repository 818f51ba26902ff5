/** What is asked of work pools, their queues and the workers that take runs from them. */

import type { NewObject, ObjectChange, Worker } from "./objects.ts";

/** Who was asked for runs this long ago, in ms, is still counted as served. */
export const servedForMs = 60_000;

/** How often a worker says that it is there, in ms, where it does not say. */
export const defaultHeartbeatMs = 30_000;

/** A worker that has missed this many heartbeats is gone. */
export const missedHeartbeats = 3;

/** Tells that a run has left room in a work pool or queue which was full, while others wait for it. */
export const roomFreedEvent = "millrace.work-pool.room-freed";

/** The queue that each pool has from the start. */
export const defaultQueueName = "default";

/** What runs the code of a deployment: our workers start Node, those of Prefect start Python. */
export type CodeRuntime = "node" | "python";

const forNode = /\.[cm]?[jt]s(?::[\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u;

/** By where the code is, as `flows/etl.ts:pipeline`. What says nothing of it is not ours. */
export function runtimeOf(entrypoint: string | null | undefined): CodeRuntime {
  return entrypoint != null && forNode.test(entrypoint) ? "node" : "python";
}

/** Whether a worker is there. */
export function isOnline(worker: Pick<Worker, "heartbeatAt" | "heartbeatIntervalMs">, now: number): boolean {
  return now - worker.heartbeatAt < (worker.heartbeatIntervalMs ?? defaultHeartbeatMs) * missedHeartbeats;
}

/** Whether somebody asks for the runs of a queue or a deployment that was last asked at this time. */
export function isServed(polledAt: number | null, now: number): boolean {
  return polledAt !== null && now - polledAt < servedForMs;
}

/** It is not paused unless that is said. Without a base job template it takes that of its type. */
export type WorkPoolToMake = Omit<NewObject<"work-pool">, "paused" | "defaultQueueId" | "readiness"> & {
  readonly paused?: boolean;
};

export type WorkPoolChange = Omit<ObjectChange<"work-pool">, "defaultQueueId" | "readiness">;

/** It is not paused unless that is said. Without a priority it takes the first that is free. */
export type WorkQueueToMake = Omit<NewObject<"work-queue">, "paused" | "priority" | "polledAt" | "readiness"> & {
  readonly paused?: boolean;
  readonly priority?: number;
};

export type WorkQueueChange = Omit<ObjectChange<"work-queue">, "workPoolId" | "readiness">;

/** What a worker asks for: runs that are due, and for which its pool and their queues have a slot. */
export interface DueRunsRequest {
  readonly workPoolId: string;
  /** Default: all queues of the pool. */
  readonly workQueueIds?: readonly string[];
  /** In ms UTC: runs that are due at it or before. */
  readonly before: number;
  /** In ms UTC: no runs that were due earlier. */
  readonly after?: number;
  /** 1 to 200; default 200. */
  readonly limit?: number;
  /** Whether it is only looked at, and does not count as served. */
  readonly isLook?: boolean;
  /** Only runs whose code it runs. Default: all. */
  readonly runtime?: CodeRuntime;
  /**
   * How long the answer may wait until there is a run, in ms; at most 60,000. `before` moves on with the time then. Only a
   * server waits; default 0.
   */
  readonly waitMs?: number;
  /**
   * Who asks. A server keeps a run that it has told one of from the others until it is due, and a moment longer, so that they
   * do not all try to claim it. Default: what is told is kept from nobody.
   */
  readonly askedBy?: string;
}

/** What a process asks for that serves deployments. */
export interface DueRunsOfDeploymentsRequest {
  readonly deploymentIds: readonly string[];
  /** In ms UTC: runs that are due at it or before. */
  readonly before: number;
  /** 1 to 200; default 200. */
  readonly limit?: number;
}

export interface WorkerHeartbeat {
  readonly workPoolId: string;
  readonly name: string;
  readonly heartbeatIntervalMs?: number | null;
  /** What it starts; absent: it does not say. */
  readonly runtime?: CodeRuntime;
}

/** How many runs of a queue hold a slot: they are PENDING or RUNNING. */
export interface QueueUse {
  readonly workQueueId: string;
  readonly active: number;
}
