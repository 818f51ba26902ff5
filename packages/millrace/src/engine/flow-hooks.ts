/** The hooks of a flow that are told of the ends of its runs. */

import type { FlowDefinition, FlowHook } from "../contract/definitions.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { StateType } from "../contract/states.ts";
import { contextStorage } from "./context.ts";
import type { Engine } from "./engine.ts";
import { messageOf } from "./outcome.ts";

/** Those that are told when a run has ended so. */
export function hooksOfEnd({ options }: FlowDefinition, type: StateType): readonly FlowHook[] {
  switch (type) {
    case "COMPLETED":
      return listOf(options.onCompletion);
    case "FAILED":
      return listOf(options.onFailure);
    case "CANCELLED":
      return listOf(options.onCancellation);
    case "CRASHED":
      return listOf(options.onCrashed);
    case "SCHEDULED":
    case "PENDING":
    case "RUNNING":
    case "CANCELLING":
    case "PAUSED":
      return [];
  }
}

export function listOf(hooks: FlowHook | readonly FlowHook[] | undefined): readonly FlowHook[] {
  return hooks === undefined ? [] : ([hooks].flat() as readonly FlowHook[]);
}

/**
 * Tells the hooks of a run's end in another process than the run's own, which was killed. They are outside any run: what they
 * log is none of its lines, and `context()` is of no run. Resolves when they have ended.
 */
export async function callHooksElsewhere(engine: Engine, definition: FlowDefinition, run: FlowRun): Promise<void> {
  const { state } = run;
  const context = engine.contextOutside();
  const calls = hooksOfEnd(definition, state.type).map(async (hook) =>
    contextStorage.run(context, () => hook({ flow: definition.name, run, state })),
  );
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === "fulfilled") continue;
    const message = `A hook of ${definition.name} failed: ${engine.hide([messageOf(call.reason)])[0] ?? ""}`;
    process.emitWarning(message, { type: "MillraceWarning", code: "HOOK_FAILED" });
  }
}
