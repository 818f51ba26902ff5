/**
 * States of flow runs and task runs. The vocabulary is the field's (Prefect 3), so that both APIs and every user
 * speak of the same thing. A state is a type (closed union, drives the rules) and a name (what people read).
 */

export type StateType =
  | "SCHEDULED"
  | "PENDING"
  | "RUNNING"
  | "COMPLETED"
  | "FAILED"
  | "CRASHED"
  | "CANCELLING"
  | "CANCELLED"
  | "PAUSED";

export const stateTypes = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CRASHED",
  "CANCELLING",
  "CANCELLED",
  "PAUSED",
] as const satisfies readonly StateType[];

export type TerminalStateType = "COMPLETED" | "FAILED" | "CRASHED" | "CANCELLED";

const terminal: ReadonlySet<StateType> = new Set<TerminalStateType>(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

/** True for the types a run ends in. */
export function isTerminal(type: StateType): type is TerminalStateType {
  return terminal.has(type);
}

/** What a state carries beside its type, name, time and message. */
export interface StateDetails {
  /** When a SCHEDULED run is due, in ms since the epoch. */
  readonly scheduledAt?: number;
  /** The cache key under which the result was found or kept. */
  readonly cacheKey?: string;
  /** A PAUSED run fails when this time (ms since the epoch) passes. */
  readonly pauseTimeoutAt?: number;
  /** Names the pause, so that the same pause is not entered twice. */
  readonly pauseKey?: string;
  /** The process has ended and the run continues in a new one when it is resumed. */
  readonly suspended?: boolean;
  /** JSON Schema of the input a paused run waits for. */
  readonly inputSchema?: unknown;
  /** What is asked, in a line. */
  readonly inputTitle?: string;
  /** What a person deciding on the input should know, as Markdown. */
  readonly inputDescription?: string;
  /** What the form is filled in with at first, as JSON. */
  readonly initialValues?: unknown;
  /** Names of those who may answer: of accounts, where the server knows its callers. Absent: anybody. */
  readonly answerers?: readonly string[];
  /** The serialized answer that is taken when the time of the pause is over. Absent: the run fails then. */
  readonly timeoutAnswer?: string;
  /** Where the form and its answer are among the run's inputs, of a pause whose form is not in the state: their keys. */
  readonly inputKeys?: { readonly schema: string; readonly answer: string; readonly description?: string };
  /** Set when the state was forced past the rules; who or what did it. */
  readonly forcedBy?: string;
  /** The flow run that a task run of kind "flow" stands for. */
  readonly childFlowRunId?: string;
  /** Names the proposal, so that it can be repeated: the same one twice changes nothing. */
  readonly transitionId?: string;
  /** What the run returned is kept where `extra` says. */
  readonly hasResult?: boolean;
  /** The lease under which the run holds a slot of its deployment's limit. */
  readonly slotLeaseId?: string;
}

export interface State {
  /** What the rules go by. */
  readonly type: StateType;
  /** What people read. */
  readonly name: string;
  /** ms since the epoch, with microseconds as fraction. */
  readonly at: number;
  /** Why, or what happened. */
  readonly message?: string;
  /** What else belongs to a state of its kind. */
  readonly details?: StateDetails;
  /** A UUID that its proposer gave it. */
  readonly id?: string;
  /** What only its proposer can read: JSON, kept and given back as it is. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A state that somebody asks for; the service sets the time where it is absent. */
export type ProposedState = Omit<State, "at"> & { readonly at?: number };

/** What a run is called whose process was told to give it up, and has not yet: it is RUNNING. */
export const suspendingName = "Suspending";

export function isSuspending({ type, name }: Pick<State, "type" | "name">): boolean {
  return type === "RUNNING" && name === suspendingName;
}

/** The name a state takes when none is given. */
export const defaultStateNames: Readonly<Record<StateType, string>> = {
  SCHEDULED: "Scheduled",
  PENDING: "Pending",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CRASHED: "Crashed",
  CANCELLING: "Cancelling",
  CANCELLED: "Cancelled",
  PAUSED: "Paused",
};

/** The answer to a proposed state, as Prefect's API has it. */
export type Decision =
  | { readonly answer: "ACCEPT"; readonly state: State }
  | { readonly answer: "REJECT"; readonly state: State; readonly reason: string }
  | { readonly answer: "WAIT"; readonly forMs: number; readonly reason: string }
  | { readonly answer: "ABORT"; readonly reason: string };
