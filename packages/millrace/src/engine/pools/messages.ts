/** All that crosses the border between a pool and its threads or processes. */

import type { LogLevel } from "../../contract/records.ts";
import type { FlowRunInfo, StepSpec, TaskRunInfo } from "../../contract/runtime.ts";
import type { HandedOn } from "../../contract/results.ts";
import type { State } from "../../contract/states.ts";
import type { TraceCarrier } from "../../kit/tracing.ts";
import type { SentArgument } from "./arguments.ts";
import type { LineCount } from "./line-credit.ts";
import type { Parcel, SentError } from "./parcel.ts";
import type { SentTask } from "./sent-task.ts";
import type { TaskAddress } from "./task-address.ts";

export type ToWorker =
  | RunMessage
  | AbortMessage
  | ReplyMessage
  | TakenMessage
  | MadeMessage
  | InvokeMessage
  | SettledMessage
  | PingMessage
  | CloseMessage;

export interface RunMessage {
  readonly kind: "run";
  readonly id: number;
  readonly task: TaskAddress;
  readonly args: readonly Parcel[];
  /** Sent again only when it is another than that of the worker's last call: its parameters may be big. */
  readonly flowRun: FlowRunInfo | null | "unchanged";
  readonly taskRun: SentTaskRun;
  readonly tags: readonly string[];
  readonly captureConsole: boolean;
  readonly trace: TraceCarrier | null;
}

export interface SentTaskRun extends Omit<TaskRunInfo, "lastError"> {
  readonly lastError: SentError | null;
}

/** Aborts the signal of a body that runs, or of a function that was invoked. */
export interface AbortMessage {
  readonly kind: "abort";
  readonly id: number;
  readonly reason: SentError;
}

/** Answers an `ask`. */
export interface ReplyMessage {
  readonly kind: "reply";
  readonly ask: number;
  readonly outcome: { readonly value: Parcel } | { readonly error: SentError };
}

/** The pool has so many of the lines that were sent to it. */
export interface TakenMessage extends LineCount {
  readonly kind: "taken";
}

/** The calls of a `nest` are made. */
export interface MadeMessage {
  readonly kind: "made";
  readonly first: number;
  readonly taskRunIds: readonly string[];
}

/** Calls a function of what the worker's body has called, in the name of the run that it is for. */
export interface InvokeMessage {
  readonly kind: "invoke";
  /** Of this call; its outcome, lines and questions go by it. */
  readonly id: number;
  readonly nest: number;
  readonly part: Part;
  readonly args: readonly (Parcel | OwnValue)[];
  readonly taskRun: SentTaskRun;
  readonly tags: readonly string[];
  readonly captureConsole: boolean;
  readonly trace: TraceCarrier | null;
}

/** A task's functions, by the options they are; of hooks there may be several. */
export type Part =
  | "body"
  | "retryIf"
  | "retryDelay"
  | "fallback"
  | "describe"
  | `${"onRunning" | "onCompletion" | "onFailure"} ${number}`;

/** What the function has given or thrown that was invoked by this id: it need not be sent back. */
export interface OwnValue {
  readonly is: "own";
  readonly id: number;
}

/** What became of something that the body has called. */
export interface SettledMessage {
  readonly kind: "settled";
  readonly nest: number;
  /** Null of a step. */
  readonly state: State | null;
  readonly outcome: { readonly value: Parcel | OwnValue } | { readonly error: SentError | OwnValue };
  /** Which calls have made what of it. */
  readonly made: readonly HandedOn[];
}

/** Asks for a sign of life. */
export interface PingMessage {
  readonly kind: "ping";
}

/** No more calls will come. */
export interface CloseMessage {
  readonly kind: "close";
}

export type FromWorker =
  | ReadyMessage
  | ValueMessage
  | FailureMessage
  | LogMessage
  | AskMessage
  | MaskMessage
  | NestMessage
  | StepMessage
  | CancelMessage
  | PongMessage
  | FatalMessage;

export interface ReadyMessage {
  readonly kind: "ready";
}

export interface ValueMessage {
  readonly kind: "value";
  readonly id: number;
  readonly value: SentArgument;
}

export interface FailureMessage {
  readonly kind: "failure";
  readonly id: number;
  /** `abort-reason` when the body gave up with the very reason of its signal. */
  readonly error: SentError | "abort-reason";
  /** The worker can take no further call: a module whose import failed stays failed in it. */
  readonly isSpoilt: boolean;
}

export interface LogMessage {
  readonly kind: "log";
  readonly id: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: string | null;
}

/** A call of a method of what the pool's process has and the worker has not. */
export interface AskMessage {
  readonly kind: "ask";
  readonly id: number;
  readonly ask: number;
  readonly service: AskedService;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type AskedService = "api" | "runtime" | "vault";

export interface MaskMessage {
  readonly kind: "mask";
  readonly id: number;
  readonly value: string;
}

/** The body calls a task: it is recorded in the flow's process, which asks back for what the task's functions do. */
export interface NestMessage {
  readonly kind: "nest";
  /** In whose name. */
  readonly id: number;
  /** The number of the first call; those of a map's other items follow. */
  readonly first: number;
  readonly how: "call" | "submit" | "map";
  readonly task: SentTask;
  readonly args: readonly SentArgument[];
  /** What the task's `key` option is for each of them; undefined where it has none. */
  readonly keys: readonly (string | undefined)[];
  readonly tags: readonly string[];
}

/** The body asks for a step that holds across a resume: a sleep, a value, a wait. */
export interface StepMessage {
  readonly kind: "step";
  readonly id: number;
  readonly nest: number;
  readonly spec: Pick<StepSpec, "kind" | "name" | "key" | "preview">;
  readonly tags: readonly string[];
}

/** The body gives up something that it has submitted. */
export interface CancelMessage {
  readonly kind: "cancel";
  readonly nest: number;
  readonly reason: string | undefined;
}

/** Answers a ping: its thread is not blocked. */
export interface PongMessage {
  readonly kind: "pong";
}

/** The last word of a worker that ends of an error nobody caught. */
export interface FatalMessage {
  readonly kind: "fatal";
  readonly error: SentError;
}
