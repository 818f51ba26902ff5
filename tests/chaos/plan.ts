/** A random program, as data: drawn from a seed, run by fixtures/planned.ts. */

/** Each is a task of fixtures/tasks.ts, with the options that its name says. */
export type Flavour =
  | "plain"
  | "chatty"
  | "busy"
  | "durable"
  | "keyed"
  | "limited"
  | "stream"
  | "big"
  | "threads"
  | "processes"
  | "effect"
  | "rescued"
  | "unkept";

/** What one call of a task is told to do. The call's identity outside the ledger is `id`. */
export interface Order {
  readonly id: string;
  readonly workMs: number;
  /** It throws while the attempt is not above this. */
  readonly fails: number;
  /** It throws while the attempt of the body that calls it is not above this. */
  readonly failsWithCaller: number;
}

interface Step {
  readonly id: string;
}

export interface CallStep extends Step {
  readonly kind: "call";
  readonly flavour: Flavour;
  readonly order: Order;
}

/** A task whose retries are spent; the flow catches its error. */
export interface DoomedStep extends Step {
  readonly kind: "doomed";
  readonly order: Order;
}

/** Two calls of a cached task with equal inputs, of which one finds what the other has kept. */
export interface CachedStep extends Step {
  readonly kind: "cached";
  readonly order: Order;
}

/** Equal calls in a loop, which only their order tells apart. */
export interface LoopStep extends Step {
  readonly kind: "loop";
  readonly order: Order;
  readonly count: number;
}

export interface ParallelStep extends Step {
  readonly kind: "parallel";
  readonly branches: readonly (readonly AnyStep[])[];
}

export interface MapStep extends Step {
  readonly kind: "map";
  readonly flavour: "plain" | "big" | "threads";
  readonly orders: readonly Order[];
}

/** Submitted tasks, each of which takes the futures before it. */
export interface FuturesStep extends Step {
  readonly kind: "futures";
  readonly orders: readonly Order[];
}

/** A task that calls tasks. */
export interface NestedStep extends Step {
  readonly kind: "nested";
  readonly order: Order;
  readonly steps: readonly AnyStep[];
}

export interface SubflowStep extends Step {
  readonly kind: "subflow";
  /** Attempts of the subflow that throw after its steps. */
  readonly fails: number;
  /** It throws in every attempt of its own while the attempt of the body that calls it is not above this. */
  readonly failsWithCaller: number;
  readonly steps: readonly AnyStep[];
}

export interface TransactionStep extends Step {
  readonly kind: "transaction";
  readonly isKeyed: boolean;
  /** It throws after its steps, and is rolled back; the flow catches the error. */
  readonly isUndone: boolean;
  readonly steps: readonly AnyStep[];
}

export interface SleepStep extends Step {
  readonly kind: "sleep";
  readonly ms: number;
}

/** A recorded random number, on which the order of two calls depends. */
export interface ChanceStep extends Step {
  readonly kind: "chance";
  readonly orders: readonly [Order, Order];
}

/** Time that passes in the flow's own code, unrecorded. */
export interface IdleStep extends Step {
  readonly kind: "idle";
  readonly ms: number;
}

export type AnyStep =
  | CallStep
  | DoomedStep
  | CachedStep
  | LoopStep
  | ParallelStep
  | MapStep
  | FuturesStep
  | NestedStep
  | SubflowStep
  | TransactionStep
  | SleepStep
  | ChanceStep
  | IdleStep;

export interface Plan {
  readonly seed: number;
  /** The flow blocks the event loop for so long as soon as it begins. */
  readonly busyMs: number;
  /** Attempts of the flow that throw after its steps. */
  readonly fails: number;
  readonly steps: readonly AnyStep[];
}

/** Retries that the tasks and flows of the fixtures have; a plan asks for no more failures. */
export const taskRetries = 3;
export const flowRetries = 2;
