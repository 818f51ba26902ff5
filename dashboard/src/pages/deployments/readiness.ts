/** Whether a run of a deployment would begin now, and what is in its way. */

import type { Deployment, WorkPool, WorkQueue } from "millrace/client";
import { toWord } from "../../format/shell.ts";

export type DeploymentStatus = "ready" | "not-ready" | "paused";

export interface Verdict {
  readonly status: DeploymentStatus;
  /** In a sentence. */
  readonly why: string;
  /** What to do about it, where something is to be done. */
  readonly command: string | null;
}

/** @param pool null where it has none, or it is gone; so with the queue */
export function judge(deployment: Deployment, pool: WorkPool | null, queue: WorkQueue | null): Verdict {
  const title = toReference(deployment);
  if (deployment.workPoolId !== null && pool === null) {
    return { status: "not-ready", why: "Its work pool is gone. Deploy it to another one.", command: null };
  }
  if (pool?.paused === true) {
    return {
      status: "not-ready",
      why: `The work pool ${pool.name} is paused, so no run begins.`,
      command: `millrace work-pool resume ${toWord(pool.name)}`,
    };
  }
  if (queue?.paused === true) {
    return {
      status: "not-ready",
      why: `The work queue ${queue.name} is paused, so no run begins.`,
      command: `millrace work-queue resume ${toWord(`${pool?.name ?? ""}/${queue.name}`)}`,
    };
  }
  const isServed = deployment.readiness === "ready";
  if (!isServed && pool !== null) {
    return {
      status: deployment.paused ? "paused" : "not-ready",
      why:
        pool.readiness === "ready"
          ? `No worker of the pool ${pool.name} asks for the queue ${queue?.name ?? "of it"}, so runs wait.`
          : `No worker of the pool ${pool.name} is there, so runs wait.`,
      command: `millrace worker start --pool ${toWord(pool.name)}`,
    };
  }
  if (!isServed) {
    return {
      status: deployment.paused ? "paused" : "not-ready",
      why: "No process serves it, so runs wait. Start the file that serves it.",
      command: null,
    };
  }
  if (deployment.paused) {
    return {
      status: "paused",
      why: "Its schedules make no runs until it is resumed.",
      command: `millrace deployment resume ${title}`,
    };
  }
  return {
    status: "ready",
    why: pool === null ? "A process serves it." : "A worker asks for its runs.",
    command: null,
  };
}

/** `flow/name`, as the command line takes it. */
export function toReference({ flowName, name }: Pick<Deployment, "flowName" | "name">): string {
  return toWord(`${flowName}/${name}`);
}
