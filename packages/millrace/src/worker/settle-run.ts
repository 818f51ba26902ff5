/** What is left to say of a run when what executed it is gone. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { isTerminal, type ProposedState } from "../contract/states.ts";
import type { Clock } from "../kit/clock.ts";
import { type DispatchReport, describeTrouble } from "./dispatch-report.ts";
import type { JobEnd } from "./infrastructure.ts";

/** Between two tries to tell an orchestrator that does not answer, in ms, and how long it is tried. */
const retryMs = 1000;
const retryForMs = 60_000;

export interface SettleOptions {
  readonly end: JobEnd;
  readonly api: Pick<Api, "readFlowRun" | "proposeFlowRunState" | "endProcess" | "giveBackSlots">;
  readonly clock: Clock;
  readonly slotLeaseId: string | null;
  readonly onReport: (report: DispatchReport) => void;
}

export interface SettledRun {
  /** As it is then. */
  readonly run: FlowRun;
  /** That it has ended was said by others than the process that executed it, which has called no hooks then. */
  readonly isToldByOthers: boolean;
}

/** Null when there is no such run, or somebody else has it. */
export async function settleRun(id: string, options: SettleOptions): Promise<SettledRun | null> {
  const { clock, onReport } = options;
  const startedAt = clock.monotonic();
  for (;;) {
    try {
      return await settle(id, options);
    } catch (error) {
      onReport({
        kind: "trouble",
        run: null,
        what: `The end of run ${id} could not be told: ${describeTrouble(error)}`,
      });
      // Then the end of the lease says what we could not.
      if (clock.monotonic() - startedAt > retryForMs) return null;
      await clock.sleep(retryMs);
    }
  }
}

async function settle(id: string, { end, api, slotLeaseId }: SettleOptions): Promise<SettledRun | null> {
  const { processId } = end;
  const run = await api.readFlowRun(id);
  const isOurs = run !== null && !end.isRefused && isLeft(run, processId);
  const last = isOurs ? await tellEnd(run, end, api) : run;
  if (processId !== null) await api.endProcess(processId);
  if (slotLeaseId !== null) await api.giveBackSlots({ leaseId: slotLeaseId });
  if (end.isRefused || last === null) return null;
  // Others see that the process is dead, too, and know no more. One that says itself that its run has crashed says why.
  const isSeenDead = end.wasKilled === true && last.state.type === "CRASHED" && last.error === null;
  return { run: last, isToldByOthers: isOurs || isSeenDead || end.overdue !== undefined };
}

/** Whether the run still counts as under way, and on nobody but the process that is gone. */
function isLeft({ state, ownerId }: FlowRun, processId: string | null): boolean {
  if (isTerminal(state.type)) return false;
  return ownerId === null ? state.type === "PENDING" : ownerId === processId;
}

async function tellEnd(run: FlowRun, end: JobEnd, api: SettleOptions["api"]): Promise<FlowRun | null> {
  const { id, epoch } = run;
  const { how, error, overdue } = end;
  const crashed: ProposedState =
    overdue === "Flow"
      ? { type: "FAILED", name: "TimedOut", message: how }
      : { type: "CRASHED", name: "Crashed", message: how };
  const cancelled: ProposedState = { type: "CANCELLED", name: "Cancelled", message: how };
  const isCancelled = run.state.type === "CANCELLING";
  const told = await api.proposeFlowRunState({ id, epoch, state: isCancelled ? cancelled : crashed, error });
  // It was cancelled in between.
  if (told.decision.answer !== "REJECT") return told.run;
  return (await api.proposeFlowRunState({ id, epoch, state: cancelled, error })).run;
}
