/** What a process that ends while runs are under way has still to say: what is not written yet, and why they crashed. */

import type { FlowRunProposal, RecordBatch } from "../contract/record.ts";
import type { FlowRunInfo } from "../contract/runtime.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Engine } from "./engine.ts";
import { codeOf, isForLater, toMessage } from "./outcome.ts";
import { toRecordedError } from "./recorded-errors.ts";

/**
 * Batches in the order they are to be recorded; none when no run is under way.
 *
 * @param toReason why a run ends that was not told to stop before
 */
export function collectLastWords(
  engine: Engine,
  runs: readonly ActiveRun[],
  toReason: (run: FlowRunInfo) => unknown,
): readonly RecordBatch[] {
  const ending = runs.filter(({ lost }) => !lost);
  if (ending.length === 0) return [];
  // Children first, as they would end.
  const proposals = ending.toReversed().flatMap((run) => toProposal(run, toReason) ?? []);
  return [...engine.journal.takeUnwritten(), { processId: engine.lease.id, proposals }];
}

/** Null for a run that was cancelled, or suspended: that its process is gone says enough, or is as it should be. */
function toProposal(run: ActiveRun, toReason: (run: FlowRunInfo) => unknown): FlowRunProposal | null {
  const { engine, stopReason } = run;
  if (stopReason !== null && (!isForLater(stopReason.error) || codeOf(stopReason.error) === "SUSPENDED")) return null;
  const error = stopReason?.error ?? toReason(run.info);
  const { masker, serializer } = engine.ports;
  const message = toMessage(error, masker);
  return {
    id: run.id,
    epoch: run.epoch,
    state: { type: "CRASHED", name: "Crashed", message, at: engine.stamp() },
    error: toRecordedError(error, serializer, masker),
  };
}
