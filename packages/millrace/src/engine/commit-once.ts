/**
 * The commit of a key, which one transaction of the ledger does. Its hooks run while it holds a lock that ends with its
 * process, and what it keeps is written only where nobody has: a process that lost the lock while it was paused keeps nothing.
 */

import { MillraceError } from "../contract/errors.ts";
import type { CacheEntry } from "../contract/task-run.ts";
import type { Engine } from "./engine.ts";
import { encodeResult } from "./results.ts";

export interface CommitOfKey {
  readonly key: string;
  /** The step that records the commit: the same after a resume. */
  readonly taskRunId: string;
  readonly signal: AbortSignal;
  /** Waits while another commits the key; else that one was first. */
  readonly mayWait: boolean;
  /** Runs the hooks, and gives the values that are kept. */
  readonly commit: () => Promise<unknown>;
  /** Told that another commits the key now. */
  readonly onWait: () => void;
}

/** What the transaction that committed the key has kept; null where none has. */
export async function readCommitted(engine: Engine, key: string): Promise<CacheEntry | null> {
  const entry = await engine.ports.api.readCacheEntry(cacheKeyOf(key));
  return entry === null || (entry.expiresAt !== null && entry.expiresAt <= engine.clock.now()) ? null : entry;
}

/**
 * Commits, and gives the values that are kept.
 *
 * @throws TRANSACTION_LOST when another has committed the key, or does so now; what the hooks throw
 */
export async function commitOnce(engine: Engine, commit: CommitOfKey): Promise<unknown> {
  const { key, taskRunId } = commit;
  const release = await lock(engine, commit);
  try {
    const before = await readCommitted(engine, key);
    if (before !== null && before.taskRunId !== taskRunId) throw toLost(key, before);
    const values = before === null ? await commit.commit() : await engine.readResult(before.result);
    if (before !== null) return values;
    const result = await encodeResult(values, {}, engine.ports);
    const kept = await engine.ports.api.keepOnce({ key: cacheKeyOf(key), result, taskRunId });
    if (kept.taskRunId !== taskRunId) throw toLost(key, kept);
    return values;
  } finally {
    await release();
  }
}

/** It was committed with a transaction around it, which is rolled back all the same. */
export async function undoCommit(engine: Engine, { key, taskRunId }: Pick<CommitOfKey, "key" | "taskRunId">) {
  await engine.ports.api.dropKept(cacheKeyOf(key), taskRunId);
}

async function lock(engine: Engine, { key, signal, mayWait, onWait }: CommitOfKey): Promise<() => Promise<void>> {
  const { slots } = engine;
  const slot = { name: `transaction-commit:${key}`, limit: 1 };
  const holder = engine.newId();
  if (mayWait) {
    await slots.acquire(slot, { holder, signal, onWait });
    return () => slots.release(slot.name, holder);
  }
  if (await slots.tryAcquire(slot, holder)) return () => slots.giveBack(slot.name, holder);
  throw new MillraceError("TRANSACTION_LOST", { key, how: "commits it now" });
}

function toLost(key: string, { taskRunId }: CacheEntry): MillraceError {
  return new MillraceError("TRANSACTION_LOST", { key, how: `has committed it, in the task run ${taskRunId}` });
}

function cacheKeyOf(key: string): string {
  return `transaction|${key}`;
}
