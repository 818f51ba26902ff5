import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { InboxItem, PauseAnswer } from "../../../contract/inbox.ts";
import { isTerminal } from "../../../contract/states.ts";

/** What the run asks, or a subflow of it. @throws PAUSE_NOT_WAITING */
export async function requireItem(api: Api, run: FlowRun): Promise<InboxItem> {
  const item = await api.readInboxItem(run.id);
  if (item === null) throw new MillraceError("PAUSE_NOT_WAITING", { id: run.id, reason: whyNot(run) });
  return item;
}

function whyNot({ state }: FlowRun): string {
  if (state.type === "PAUSED") return "its form is still to come";
  return isTerminal(state.type) ? `it has ended ${state.name}` : `it is ${state.name}`;
}

/** The answer that was given and that the run has still to take; null while the question is open. */
export function givenAnswer({ answers }: InboxItem): PauseAnswer | null {
  return answers.find(({ state }) => state === "given") ?? null;
}

/** "ada", "its timeout" or "somebody" */
export function whoGave({ answeredBy, byTimeout }: PauseAnswer): string {
  return byTimeout ? "its timeout" : (answeredBy ?? "somebody");
}
