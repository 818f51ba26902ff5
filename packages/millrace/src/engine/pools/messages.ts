/** All that crosses the border between a pool and its threads or processes. */

import type { LogLevel } from "../../contract/records.ts";
import type { FlowRunInfo, TaskRunInfo } from "../../contract/runtime.ts";
import type { TraceCarrier } from "../../kit/tracing.ts";
import type { LineCount } from "./line-credit.ts";
import type { Parcel, SentError } from "./parcel.ts";
import type { TaskAddress } from "./task-address.ts";

export type ToWorker = RunMessage | AbortMessage | ReplyMessage | TakenMessage | CloseMessage;

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

/** Aborts the signal of the body that runs. */
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
  | FatalMessage;

export interface ReadyMessage {
  readonly kind: "ready";
}

export interface ValueMessage {
  readonly kind: "value";
  readonly id: number;
  readonly value: Parcel;
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

/** The last word of a worker that ends of an error nobody caught. */
export interface FatalMessage {
  readonly kind: "fatal";
  readonly error: SentError;
}
