/** What a person or another program would send to a run: answers, signals, cancellations. */

import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { answerId, signalKey } from "../contract/records.ts";
import { isTerminal } from "../contract/states.ts";
import { readRun } from "./ended-run.ts";
import type { LedgerProcess } from "./ledger-process.ts";
import { idOf } from "./subjects.ts";
import type { TestLedger } from "./test-ledger.ts";

export function createSender(current: () => Promise<LedgerProcess>): Pick<TestLedger, "answer" | "signal" | "cancel"> {
  /** As it is: what is wrong with an answer, the run itself says. */
  async function answer(flowRunId: string, key: string, value: unknown): Promise<void> {
    const { api, engine } = await current();
    const id = answerId((await api.listRunInputs(flowRunId, key)).length);
    await api.sendRunInput({ flowRunId, key, id, value: engine.encode(value), sender: null });
  }

  return {
    async answer(subject, input) {
      const run = await readRun((await current()).api, idOf(subject));
      const waiting = await findPaused(await current(), run);
      const key = waiting?.state.details?.pauseKey;
      if (waiting === null || key === undefined) {
        throw new MillraceError("USAGE", {
          reason: `Flow run ${run.id} waits for no answer: it is ${run.state.name}`,
          advice: 'Wait for its pause first: `await ledger.untilState(run, "PAUSED")`.',
        });
      }
      await answer(waiting.id, key, input);
    },
    async signal(run, name, value) {
      const { api, engine } = await current();
      const input = { flowRunId: idOf(run), key: signalKey(name), id: engine.newId(), value: engine.encode(value) };
      await api.sendRunInput({ ...input, sender: null });
    },
    async cancel(subject) {
      const { api, engine } = await current();
      const state = { type: "CANCELLING", name: "Cancelling" } as const;
      const { decision } = await api.proposeFlowRunState({ id: idOf(subject), state });
      if (decision.answer === "ABORT") {
        const { state: from } = await readRun(api, idOf(subject));
        const data = { kind: "Flow run", id: idOf(subject), from: from.name, to: state.name, reason: decision.reason };
        throw new MillraceError("TRANSITION_REFUSED", data);
      }
      await engine.lease.attend();
    },
  };
}

/** The run itself, or the subflow of it that waits. */
async function findPaused(process: LedgerProcess, run: FlowRun): Promise<FlowRun | null> {
  if (run.state.type === "PAUSED" && run.state.details?.pauseKey !== undefined) return run;
  if (isTerminal(run.state.type)) return null;
  for (const child of (await process.api.listFlowRuns({ parentRunIds: [run.id] })).items) {
    const found = await findPaused(process, child);
    if (found !== null) return found;
  }
  return null;
}
