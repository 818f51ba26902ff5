/** What `import … from "millrace"` gives: the hand-written list of public names. Importing it starts nothing. */

import { runtimeSlot } from "../contract/runtime.ts";

// The first call of a flow or a task loads what runs it; until then this module costs its import only.
runtimeSlot().load ??= async () => {
  (await import("../app/compiled-code.ts")).keepCompiledCode();
  return (await import("../app/load-runtime.ts")).loadRuntime();
};
runtimeSlot().loadServing ??= () => import("../app/serving.ts").then((module) => module.serving);

// Flows and tasks
export { type Flow, type FlowValue, flow } from "../sdk/flow.ts";
export { type Task, type TaskCall, type TaskValue, task } from "../sdk/task.ts";
export {
  type AllowFailure,
  allowFailure,
  type Input,
  type Inputs,
  type MapInputs,
  type Opaque,
  opaque,
  type Unmapped,
  unmapped,
} from "../sdk/annotations.ts";
export { asCompleted, type EndedFuture, waitAll } from "../sdk/futures.ts";
export {
  type CompletedState,
  cancelled,
  completed,
  type Delivered,
  failed,
  type NotCompletedState,
} from "../sdk/returned-states.ts";
export { concurrent, processes, threads } from "../sdk/runners.ts";
export { code, flowParameters, inputs, keyedBy, run } from "../sdk/cache-policy.ts";
export { type ExponentialOptions, exponential } from "../kit/backoff.ts";

// Deployments
export type {
  DeploymentDefinition,
  DeploymentOptions,
  DeployOptions,
  ServeOptions,
} from "../sdk/deployment-options.ts";
export type { DeploymentTrigger } from "../sdk/deployment-trigger.ts";
export { type DeploymentRun, type RunDeploymentOptions, runDeployment } from "../sdk/run-deployment.ts";
export type { ScheduleInput } from "../sdk/schedule-input.ts";
export { serve } from "../sdk/serve.ts";
export type { DeployOutcome } from "../contract/serving.ts";

// In a run
export { context, currentContext, logger, withTags } from "../sdk/context.ts";
export { now, random, type SleepOptions, sleep, uuid, type ValueOptions } from "../sdk/durable.ts";
export { type PauseOptions, type PlainPauseOptions, pause, suspend } from "../sdk/pause.ts";
export {
  type ConcurrencyOptions,
  concurrency,
  type HeldSlots,
  type RateLimitOptions,
  rateLimit,
} from "../sdk/concurrency.ts";
export { type TransactionOptions, transaction } from "../sdk/transactions.ts";
export { type SendOptions, type Signal, sendSignal, signal } from "../sdk/signals.ts";

// Waiting for something outside
export { type WaitForOptions, waitFor, waitForRow } from "../sdk/wait-for.ts";
export { type FoundFile, type WaitForFileOptions, waitForFile } from "../sdk/wait-for-file.ts";
export {
  type HttpAnswer,
  type WaitForHttpOptions,
  type WaitForHttpUntilOptions,
  waitForHttp,
} from "../sdk/wait-for-http.ts";
export { waitForRun } from "../sdk/wait-for-run.ts";
export { type FoundS3Object, type S3KeyPlace, type S3Sender, waitForS3Key } from "../sdk/wait-for-s3-key.ts";
export { waitUntil } from "../sdk/wait-until.ts";
export type { GrowingInterval, Look, WaitOptions } from "../sdk/waiting.ts";

// What runs leave behind and read
export type { TableInput } from "../sdk/artifact-data.ts";
export type { Progress, ProgressOptions } from "../sdk/artifact-progress.ts";
export { artifact, type ImageOptions, type LinkOptions } from "../sdk/artifacts.ts";
export { type EmitOptions, emit } from "../sdk/events.ts";
export type { ArtifactOptions } from "../sdk/record-artifact.ts";
export { secret, secretProvider } from "../sdk/secrets.ts";
export { type VariableOptions, variable } from "../sdk/variables.ts";

// Errors
export { type ErrorCode, isMillraceError, MillraceError } from "../contract/errors.ts";

// Types of what is passed in and handed out
export type {
  CacheKeyFunction,
  CachePart,
  CachePolicy,
  ConcurrencyOption,
  Fallback,
  FlowHook,
  FlowOptions,
  RetryDelay,
  TaskHook,
  TaskOptions,
  TaskRunner,
  TaskRunView,
  TransactionHook,
} from "../contract/definitions.ts";
export type { FlowRun } from "../contract/flow-run.ts";
export type { LogLevel } from "../contract/records.ts";
export type { ResultSerializer, ResultStorage, StoredObject } from "../contract/results.ts";
export type {
  FlowRunInfo,
  ReturnedState,
  RunContext,
  RunLogger,
  TaskFuture,
  TaskRunInfo,
  TransactionScope,
} from "../contract/runtime.ts";
export type { SecretProvider } from "../contract/secrets.ts";
export type { State, StateDetails, StateType } from "../contract/states.ts";
export type { Duration, DurationString } from "../kit/duration.ts";
