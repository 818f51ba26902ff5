import { type FlowRun, MillraceError, type StateType } from "millrace/client";
import { api } from "../../../api/api.ts";
import { getMyName } from "../../../app/my-name.ts";

/** Asks for a state, as anybody may. @throws TRANSITION_REFUSED with the reason of the rules */
export async function propose(
  run: FlowRun,
  to: { readonly type: StateType; readonly name: string; readonly message?: string },
  force?: string,
): Promise<FlowRun> {
  const outcome = await api.proposeFlowRunState({ id: run.id, state: to, ...(force === undefined ? {} : { force }) });
  const { decision, run: now } = outcome;
  if (now === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: run.id });
  // What nobody executes goes on from Cancelling to Cancelled at once.
  const hasMoved = decision.answer === "ACCEPT" || (decision.answer === "REJECT" && now.state.at !== run.state.at);
  if (hasMoved) return now;
  const reason = decision.reason;
  throw new MillraceError("TRANSITION_REFUSED", {
    kind: "Flow run",
    id: run.id,
    from: now.state.name,
    to: to.name,
    reason,
  });
}

/** Who forces a state, for the record. */
export function setBy(reason: string): string {
  const name = getMyName();
  const who = name === "" ? "somebody in the dashboard" : `${name} in the dashboard`;
  return reason === "" ? who : `${who}: ${reason}`;
}
