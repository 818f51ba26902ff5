/** Hooks of a task: what fails in them is logged, and changes nothing else. */

import type { TaskHook } from "../contract/definitions.ts";
import { contextStorage } from "./context.ts";
import { messageOf } from "./outcome.ts";
import type { TaskExecution } from "./task-run.ts";

export function callTaskHooks(execution: TaskExecution, hooks: readonly TaskHook[]): void {
  if (hooks.length === 0) return;
  const event = { task: execution.work.taskName, run: execution.info(), state: execution.state };
  for (const hook of hooks) callTaskHook(execution, () => hook(event));
}

/** In the context of the call's maker. The flow waits for it before it ends. */
export function callTaskHook({ caller, flow, work }: TaskExecution, hook: () => unknown): void {
  const pending = (async () => contextStorage.run(caller, hook))().catch((error: unknown) => {
    const message = `A hook of ${work.runName} failed: ${messageOf(error)}`;
    caller.write("error", message, undefined, "millrace.hooks");
  });
  flow?.hooks.add(pending);
  void pending.finally(() => flow?.hooks.delete(pending));
}
