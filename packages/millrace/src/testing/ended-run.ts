/** How a run went: the run as the ledger has it, and what its caller was given. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";

export interface EndedRun<Value = unknown> {
  readonly id: string;
  /** As the ledger has it after the end. */
  readonly run: FlowRun;
  /** What the flow returned; undefined when it did not complete. */
  readonly value: Value | undefined;
  /** What the flow threw; null when it completed. */
  readonly error: unknown;
}

export interface StartedRun<Value = unknown> {
  readonly id: string;
  /** Resolves when the run has ended, also when it failed. */
  readonly ended: Promise<EndedRun<Value>>;
}

export async function readRun(api: Api, id: string): Promise<FlowRun> {
  const run = await api.readFlowRun(id);
  if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  return run;
}

/** Waits for an execution, however it ends, and reads its run. `api` is asked for then: a process may have died meanwhile. */
export async function toEnd<Value>(
  execution: Promise<Value>,
  id: string,
  api: () => Promise<Api>,
): Promise<EndedRun<Value>> {
  let value: Value | undefined;
  let error: unknown = null;
  try {
    value = await execution;
  } catch (thrown) {
    error = thrown;
  }
  return { id, run: await readRun(await api(), id), value, error };
}
