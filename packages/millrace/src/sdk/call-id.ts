import type { RunContext, Runtime } from "../contract/runtime.ts";
import { uuidFromHash } from "../kit/ids.ts";

/** How often a body has recorded each thing so far. Each execution of a body has a signal of its own. */
const countsOf = new WeakMap<AbortSignal, Map<string, number>>();

/**
 * An id for what a call records. A body that runs again (a retry, a resume) gives each of its calls the same id as before,
 * so that what is recorded again takes the place of what was. Outside a run, an id of its own.
 *
 * @param what kind and name of what is recorded; equal ones of a body are counted
 */
export function callId(runtime: Runtime, what: string): string {
  const context = runtime.current();
  const run = context?.taskRun ?? context?.flowRun ?? null;
  if (context === undefined || run === null) return runtime.newId();
  const call = `${run.id}/${what}`;
  return uuidFromHash(`${call}~${countCall(context, call)}`);
}

function countCall({ signal }: RunContext, call: string): number {
  let counts = countsOf.get(signal);
  if (counts === undefined) {
    counts = new Map();
    countsOf.set(signal, counts);
  }
  const before = counts.get(call) ?? 0;
  counts.set(call, before + 1);
  return before;
}
