/** What waits for people: the questions that paused runs ask, and the answers they were given. */

import type { Json, JsonObject } from "./objects.ts";
import type { FlowRun } from "./flow-run.ts";

/** What becomes of a run when its time to be answered is over. */
export type PauseTimeout =
  | { readonly kind: "fail" }
  /** It asks for no answer, and goes on. */
  | { readonly kind: "go-on" }
  | { readonly kind: "answer"; readonly answer: Json };

/** What became of an answer. */
export type AnswerState =
  /** The run has not taken it yet: it will as soon as it goes on. */
  | "given"
  | "taken"
  /** The run's own check did not accept it, and the run goes on waiting. */
  | "refused";

export interface PauseAnswer {
  /** Of the pause. */
  readonly key: string;
  /** Null where nobody has said who it was, and for the answer of the timeout. */
  readonly answeredBy: string | null;
  readonly at: number;
  /** As JSON; what the form marks as secret is masked. Null for a run that was let go on without an answer. */
  readonly value: Json;
  readonly state: AnswerState;
  /** Why it was refused. */
  readonly reason: string | null;
  /** Nobody had answered in time, and this is what was agreed on for that. */
  readonly byTimeout: boolean;
}

/** A run that waits for a person. */
export interface InboxItem {
  readonly flowRunId: string;
  readonly flowName: string;
  readonly runName: string;
  readonly deploymentId: string | null;
  /** Names the question in the run; null for a run that somebody has paused from outside. */
  readonly key: string | null;
  /** Its process stays ("paused"), or has ended ("suspended") and is started again when it goes on. */
  readonly kind: "paused" | "suspended";
  readonly title: string | null;
  /** Markdown. */
  readonly description: string | null;
  /** JSON Schema of the answer; null where none is asked for, and the run waits to be let go on. */
  readonly schema: JsonObject | null;
  readonly initialValues: Json;
  /** Names of those who may answer: of accounts, where the server knows its callers. Empty: anybody. */
  readonly answerers: readonly string[];
  readonly since: number;
  /** Null: for as long as it takes. */
  readonly until: number | null;
  /** What happens at `until`. */
  readonly onTimeout: PauseTimeout;
  /** Those that were given so far: refused ones, and one that the run has not taken yet. */
  readonly answers: readonly PauseAnswer[];
}

export interface InboxFilter {
  readonly flowNames?: readonly string[];
  /** Runs, and the subflows of each. */
  readonly rootRunIds?: readonly string[];
  /** Only what these may answer, by name, beside what anybody may. */
  readonly answerers?: readonly string[];
}

/** Somebody whom the server knows. */
export interface Caller {
  /** Of the account. */
  readonly name: string;
}

export interface AnswerToPause {
  /** The run that waits, or the root of the subflow that does. */
  readonly flowRunId: string;
  /** Of the pause that is meant. Default: the one it waits in. */
  readonly key?: string;
  /** JSON; absent for a run that asks for none. */
  readonly input?: unknown;
  /** Who says so, taken as given. Where the caller is known, that counts instead. */
  readonly answeredBy?: string;
  /** Whom the caller was shown to be, by whoever let the call in. Never read from a request. */
  readonly caller?: Caller;
  /**
   * Whether a suspended run of a deployment is put on the schedule again ("schedule", the default), or left to be resumed
   * by whoever answers ("leave").
   */
  readonly then?: "schedule" | "leave";
}

export interface AnsweredPause {
  readonly answer: PauseAnswer;
  /** The run that was asked. */
  readonly run: FlowRun;
  /**
   * Where it goes on: in the process that waits, in one that is started for it, or in the one that resumes it, since it
   * has no deployment that could.
   */
  readonly goesOn: "in-its-process" | "when-started" | "when-resumed";
}
