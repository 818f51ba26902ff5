import { MillraceError } from "../contract/errors.ts";
import { type RunContext, type Runtime, runtimeSlot } from "../contract/runtime.ts";

const slot = runtimeSlot();

/** The runtime, loaded at the first call. */
export function loadRuntime(): Promise<Runtime> | Runtime {
  if (slot.runtime !== undefined) return slot.runtime;
  if (slot.load === undefined)
    throw new Error("Millrace has no runtime: import it as `millrace`, not by a file of its own");
  return slot.load();
}

/** The runtime when it is loaded already: always so inside a run. */
export function loadedRuntime(): Runtime | undefined {
  return slot.runtime;
}

/** The runtime and the context of the calling code. CONTEXT_MISSING outside a run. */
export function requireContext(
  api: string,
  needed: "flow" | "task" | "flow or task",
): { runtime: Runtime; context: RunContext } {
  const runtime = slot.runtime;
  const context = runtime?.current();
  if (runtime === undefined || context === undefined) throw new MillraceError("CONTEXT_MISSING", { api, needed });
  if (needed === "flow" && context.flowRun === null) throw new MillraceError("CONTEXT_MISSING", { api, needed });
  return { runtime, context };
}
