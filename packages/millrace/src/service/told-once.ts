/** Changes of task runs whose states the ledger may have in part, since a batch before was not answered. */

import type { Store } from "../contract/store.ts";
import type { TaskRunChange } from "../contract/task-run.ts";

/** The same changes, which count as new only what the ledger does not have. Their owner is the only one that writes them. */
export async function toldOnce(
  store: Pick<Store, "findTaskRuns">,
  changes: readonly TaskRunChange[],
): Promise<readonly TaskRunChange[]> {
  const ids = changes.flatMap(({ id, mayRepeat }) => (mayRepeat === true ? [id] : []));
  if (ids.length === 0) return changes;
  const { items } = await store.findTaskRuns({ ids }, { limit: ids.length });
  const known = new Map(items.map(({ id, state }) => [id, state.at]));
  return changes.map((change) => {
    const lastAt = change.mayRepeat === true ? known.get(change.id) : undefined;
    return lastAt === undefined
      ? change
      : { ...change, newStates: change.history.filter(({ at }) => at > lastAt).length };
  });
}
