import { callTaskHook } from "./task-hooks.ts";
import type { TaskRow } from "./task-row.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TransactionMember } from "./transactions.ts";

/** A completed task has a say in the end of the transaction around it; without one it commits at once. */
export function joinTransaction(execution: TaskExecution, row: TaskRow, result: unknown): void {
  const { hooks, joins } = execution.work;
  const transaction = joins ?? execution.caller.transaction;
  if (transaction === null) {
    if (hooks?.onCommit == null || row.isFromRecord) return;
    const { onCommit } = hooks;
    callTaskHook(execution, () => onCommit({ key: row.cacheKey, result, get: () => undefined, set: () => undefined }));
    return;
  }
  const call = {
    key: transaction.key,
    result,
    get: (name: string) => transaction.get(name),
    set: (name: string, value: unknown) => transaction.set(name, value),
  };
  const member: TransactionMember = {
    commit: hooks?.onCommit == null ? undefined : () => hooks.onCommit?.(call),
    rollback: hooks?.onRollback == null ? undefined : () => hooks.onRollback?.(call),
    isRolledBack: () => row.state.name === "RolledBack",
    markRolledBack: () => rollBack(execution, row),
  };
  transaction.join(execution.id, member);
}

async function rollBack({ engine }: TaskExecution, row: TaskRow): Promise<void> {
  if (row.state.name === "RolledBack") return;
  row.rollBack();
  await engine.journal.commit(row);
}
