/** What a process that ends while runs are under way has still to say: what is not written yet, and why they crashed. */

import type { FlowRunProposal, RecordBatch } from "../contract/record.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Engine } from "./engine.ts";
import { codeOf, isForLater, toMessage } from "./outcome.ts";
import { toRecordedError } from "./recorded-errors.ts";
import type { TaskExecution } from "./task-run.ts";

/** Why what was under way ends with its process. */
export type ToReason = (ended: { readonly kind: "Flow run" | "Task run"; readonly id: string }) => unknown;

/**
 * Batches in the order they are to be recorded; none when nothing is under way.
 *
 * @param toReason why a run, or a call outside any, ends that was not told to stop before
 */
export function collectLastWords(
  engine: Engine,
  { runs, loose }: { readonly runs: readonly ActiveRun[]; readonly loose: readonly TaskExecution[] },
  toReason: ToReason,
): readonly RecordBatch[] {
  const ending = runs.filter(({ lost }) => !lost);
  if (ending.length + loose.length === 0) return [];
  for (const execution of loose) execution.crash(toReason({ kind: "Task run", id: execution.id }));
  // Children first, as they would end.
  const proposals = ending.toReversed().flatMap((run) => toProposal(run, toReason) ?? []);
  return [...engine.journal.takeUnwritten(), { processId: engine.lease.id, proposals }];
}

/** Null for a run that was cancelled, or suspended: that its process is gone says enough, or is as it should be. */
function toProposal(run: ActiveRun, toReason: ToReason): FlowRunProposal | null {
  const { engine, stopReason } = run;
  if (stopReason !== null && (!isForLater(stopReason.error) || codeOf(stopReason.error) === "SUSPENDED")) return null;
  const error = stopReason?.error ?? toReason({ kind: "Flow run", id: run.id });
  const { masker, serializer } = engine.ports;
  const message = toMessage(error, masker);
  return {
    id: run.id,
    epoch: run.epoch,
    state: { type: "CRASHED", name: "Crashed", message, at: engine.stamp() },
    error: toRecordedError(error, serializer, masker),
  };
}
