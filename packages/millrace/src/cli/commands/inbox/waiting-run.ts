import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";

/** The run, if it waits for somebody. @throws USAGE when it does not */
export function requireWaiting(run: FlowRun): FlowRun {
  if (run.state.type === "PAUSED") return run;
  throw new MillraceError("USAGE", {
    reason: `Flow run ${run.id} is ${run.state.name}, and waits for nobody.`,
    advice: "`millrace inbox ls` lists the runs that wait.",
  });
}
