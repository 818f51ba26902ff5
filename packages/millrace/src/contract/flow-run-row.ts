/** A flow run as a row of a list: what is shown of many, and nothing that can be long. */

import type { FlowRun } from "./flow-run.ts";
import type { StateType } from "./states.ts";

/** In characters; longer texts are cut, and end with `…`. */
export const maxRowNameLength = 300;
export const maxRowMessageLength = 200;

export interface FlowRunRow
  extends Pick<
    FlowRun,
    | "id"
    | "flowName"
    | "tags"
    | "parentRunId"
    | "rootRunId"
    | "deploymentId"
    | "workPoolId"
    | "workQueueId"
    | "createdAt"
    | "expectedAt"
    | "startedAt"
    | "endedAt"
    | "runCount"
    | "autoScheduled"
    | "dueAt"
  > {
  /** At most 300 characters. */
  readonly name: string;
  readonly state: {
    readonly type: StateType;
    readonly name: string;
    readonly at: number;
    /** At most 200 characters. */
    readonly message: string | null;
  };
  readonly error: ErrorSummary | null;
}

export interface ErrorSummary {
  /** At most 200 characters, as the message. */
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
}
