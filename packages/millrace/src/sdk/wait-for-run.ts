import { MillraceError } from "../contract/errors.ts";
import { isTerminal, type State } from "../contract/states.ts";
import { currentContext } from "./context.ts";
import { loadRuntime } from "./runtime.ts";
import { type WaitOptions, waitUntilFound } from "./waiting.ts";

/**
 * Waits until another flow run has ended, however it ended, and gives back its last state. The wait is a step of the run: a
 * resumed run is given the same state.
 *
 * @example const { type } = await waitForRun(runId, { timeout: "1h" });
 * @param runId the whole id
 * @throws RUN_NOT_FOUND, TIMED_OUT; USAGE for a run that could only end after this one
 */
export async function waitForRun(runId: string, options: WaitOptions = {}): Promise<State> {
  const { flowRun = null } = currentContext() ?? {};
  if (flowRun !== null && [flowRun.id, flowRun.parentRunId, flowRun.rootRunId].includes(runId)) {
    throw new MillraceError("USAGE", {
      reason: `waitForRun() waits for run ${runId}, which waits for this one`,
      advice: "Wait for a run that goes on by itself.",
    });
  }
  return waitUntilFound<State>({
    name: "wait-for-run",
    subject: runId,
    options: { every: { min: "100ms", max: "5s" }, ...options },
    async look() {
      const run = await (await (await loadRuntime()).api()).readFlowRun(runId);
      if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: runId });
      return isTerminal(run.state.type) ? { isFound: true, value: run.state } : { isFound: false };
    },
  });
}
