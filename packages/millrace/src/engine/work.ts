/** What a call does: a task's body, a subflow, a durable step. Everything that differs between them is behind this. */

import type { TaskHook } from "../contract/definitions.ts";
import type { TaskRunKind } from "../contract/task-run.ts";
import type { decideRetry } from "../rules/retry.ts";
import type { CacheLookup } from "./caching.ts";
import type { ResultOptions } from "./results.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TransactionState } from "./transactions.ts";

export interface Work {
  readonly kind: TaskRunKind;
  readonly taskName: string;
  readonly runName: string;
  readonly tags: readonly string[];
  readonly codeHash: string | null;
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly options: ResultOptions & Partial<AttemptOptions>;
  readonly preview: string | null;
  /** Waits for what the call takes as input; throws UPSTREAM_FAILED. Null when there is nothing to wait for. */
  readonly prepare: ((execution: TaskExecution) => Promise<void>) | null;
  /** Looks for a kept result; null when the work is not cached. */
  readonly lookUp: ((execution: TaskExecution) => Promise<CacheLookup>) | null;
  /** The limits whose slots it takes while its attempts run. */
  readonly slots: readonly { readonly name: string; readonly limit: number }[];
  /** One attempt. */
  body(execution: TaskExecution): unknown;
  /** What is returned when retries are spent; null when the failure stands. */
  readonly fallback: ((error: unknown) => unknown) | null;
  readonly hooks: WorkHooks | null;
  readonly childFlowRunId: string | null;
  /** The transaction that it is a part of. Default: the one around its call. */
  readonly joins?: TransactionState | null;
  /** Lets go of what only the run needed: it has ended. */
  release?(): void;
}

interface AttemptOptions {
  readonly retryDelay: Parameters<typeof decideRetry>[0]["delay"];
  readonly retryJitter: number;
  readonly retryIf: (error: unknown, attempt: number) => boolean | Promise<boolean>;
  readonly durableStart: boolean;
}

export interface WorkHooks {
  readonly onRunning: readonly TaskHook[];
  readonly onCompletion: readonly TaskHook[];
  readonly onFailure: readonly TaskHook[];
  readonly onCommit:
    | ((call: {
        key: string | null;
        result: unknown;
        get(name: string): unknown;
        set(name: string, value: unknown): void;
      }) => unknown)
    | null;
  readonly onRollback: WorkHooks["onCommit"];
}
