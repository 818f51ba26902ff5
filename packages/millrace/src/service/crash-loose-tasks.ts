import { looseTaskLimit } from "../contract/loose-tasks.ts";
import { isTerminal, type State } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { TaskRun, TaskRunChange } from "../contract/task-run.ts";
import { emptyBatch } from "./empty-batch.ts";

/** Written at once. */
const maxAtOnce = 500;

/** Ends what a process that is gone had under way outside any flow run: nobody goes on with it. */
export async function crashLooseTasks(
  store: Pick<Store, "findSlotHolders" | "findTaskRuns" | "record">,
  { processId, reason, now }: { readonly processId: string; readonly reason: string; readonly now: number },
): Promise<void> {
  const held = await store.findSlotHolders(looseTaskLimit.name, processId);
  for (let start = 0; start < held.length; start += maxAtOnce) {
    const ids = held.slice(start, start + maxAtOnce);
    const { items } = await store.findTaskRuns({ ids }, { limit: ids.length });
    const left = items.filter(({ flowRunId, state }) => flowRunId === null && !isTerminal(state.type));
    if (left.length > 0) {
      await store.record({ ...emptyBatch, taskRuns: left.map((run) => toCrashed(run, reason, now)) });
    }
  }
}

function toCrashed(run: TaskRun, reason: string, now: number): TaskRunChange {
  const at = now > run.state.at ? now : run.state.at + 0.001;
  const state: State = { type: "CRASHED", name: "Crashed", at, message: reason };
  return { ...run, state, history: [...run.history, state], newStates: 1, endedAt: at, epoch: 0 };
}
