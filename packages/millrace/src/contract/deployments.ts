/** What is asked of deployments and their schedules, beyond what objects.ts says of every noun. */

import type { DeploymentTriggerToSave } from "./deployment-triggers.ts";
import type { FlowRun, FlowRunExtra } from "./flow-run.ts";
import type { Deployment, Json, JsonObject, Labels, NewObject, ObjectChange, Schedule } from "./objects.ts";
import type { ScheduleOptions, ScheduleSpec } from "./schedules.ts";
import type { ProposedState } from "./states.ts";

/** The parameters of a run, as JSON, are no longer than this, in bytes. */
export const maxParameterBytes = 512 * 1024;

/** The tag of runs that a schedule made. */
export const autoScheduledTag = "auto-scheduled";

/** A run of a deployment. What is not given is the deployment's. */
export interface RunSubmission {
  /** Its id, or `flow/deployment`. */
  readonly deployment: string;
  /** Over those of the deployment, one by one. */
  readonly parameters?: JsonObject;
  /** Whether the parameters must meet the deployment's schema. */
  readonly enforcesSchema?: boolean;
  /** Default: one is made up. */
  readonly name?: string;
  /** Beside those of the deployment. */
  readonly tags?: readonly string[];
  readonly labels?: Labels;
  readonly jobVariables?: JsonObject;
  /**
   * A flow has one run of a key: the second submission answers with the first one's run. With a key, a client sends a
   * submission again whose answer was lost; without one it does not, since that could make two runs.
   */
  readonly idempotencyKey?: string;
  /** Of the deployment's work pool; it is made if it is not there. */
  readonly workQueueName?: string;
  /** In ms UTC. Default: at once. */
  readonly scheduledAt?: number;
  /** Default: SCHEDULED. */
  readonly state?: ProposedState;
  /** The task run that stands for it in the flow run that submits it. */
  readonly parentTaskRunId?: string;
  readonly createdBy?: Json;
  /** What a presentation keeps with the run. */
  readonly extra?: FlowRunExtra;
  readonly rerun?: Rerun;
}

/**
 * The run that is run again: its parameters and tags go over those of the deployment, and under those of the submission. It
 * stays as it is.
 */
export interface Rerun {
  /** Its id. It is a run of the deployment's flow. */
  readonly of: string;
  /**
   * The first step to run: a task's name, a task run's name, or its id. What was recorded before it is taken into the new run,
   * as it is when the run begins. Default: everything runs.
   */
  readonly fromStep?: string;
}

export interface SubmittedRun {
  readonly run: FlowRun;
  /** False when a run of the idempotency key was there, also if this submission made it and its first answer was lost. */
  readonly isNew: boolean;
}

/** A schedule of a deployment, without what the orchestrator keeps of it. */
export type ScheduleToSave = Omit<NewObject<"schedule">, "id" | "deploymentId" | "nextAt" | "madeUntil">;

/** What can be changed of a schedule. */
export type ScheduleChange = Omit<ObjectChange<"schedule">, "deploymentId" | "nextAt" | "madeUntil">;

/**
 * A deployment is found by the names of its flow and its own. What is left out of a deployment that is there stays as it is;
 * `schedules` and `triggers`, if given, are all that it has.
 */
export type DeploymentToSave = Pick<Deployment, "flowName" | "name"> &
  DeploymentChange & {
    readonly schedules?: readonly ScheduleToSave[];
    readonly triggers?: readonly DeploymentTriggerToSave[];
  };

export type DeploymentChange = Omit<
  ObjectChange<"deployment">,
  "flowId" | "flowName" | "polledAt" | "readiness" | "versionNumber"
>;

export interface SavedDeployment {
  readonly deployment: Deployment;
  readonly schedules: readonly Schedule[];
  readonly isNew: boolean;
}

/** A window of a deployment's active schedules, past or to come, to make the runs of. */
export interface ScheduleWindow {
  readonly deploymentId: string;
  /** In ms UTC, itself included. */
  readonly from: number;
  /** In ms UTC, itself included. */
  readonly to: number;
  /** At most so many runs of each schedule; default 100, at most 1,000. */
  readonly max?: number;
  /** Whether they are only told, and not made. */
  readonly isDryRun?: boolean;
}

export interface ScheduledRun {
  /** What the run has for an id, made or not: that of its schedule and due time. */
  readonly id: string;
  readonly scheduleId: string;
  readonly dueAt: number;
  /** Whether it was not there before. */
  readonly isNew: boolean;
}

/** When a schedule that is not saved yet would be due. */
export interface DraftSchedule extends Pick<ScheduleOptions, "startAt" | "endAt"> {
  readonly spec: ScheduleSpec;
  /** In ms UTC, itself not included. Default: now. */
  readonly after?: number;
  /** 1 to 1,000; default 10. */
  readonly limit?: number;
}
