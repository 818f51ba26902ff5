import { begunRuns } from "./begun-runs.ts";
import { consumedValues } from "./consumed-values.ts";
import { eventsFold } from "./events-fold.ts";
import type { Evidence, Invariant } from "./evidence.ts";
import { flowRunHistories } from "./flow-run-histories.ts";
import { hooksAndSteps } from "./hooks-and-steps.ts";
import { logs } from "./logs.ts";
import { processEnds } from "./process-ends.ts";
import { recordedEnds } from "./recorded-ends.ts";
import { subflows } from "./subflows.ts";
import { taskRunHistories } from "./task-run-histories.ts";

const invariants: readonly Invariant[] = [
  processEnds,
  begunRuns,
  flowRunHistories,
  taskRunHistories,
  eventsFold,
  recordedEnds,
  consumedValues,
  subflows,
  hooksAndSteps,
  logs,
];

/** Every violation of every invariant that can be seen in what is left. */
export function findViolations(evidence: Evidence): readonly string[] {
  return invariants.flatMap((invariant) => invariant(evidence));
}
