/** I3: what was answered is there, once; what was not answered is there at most once; a key has one run. */

import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import type { Evidence, Invariant } from "./evidence.ts";

export function submissions({
  history,
  runs,
}: {
  readonly history: Pick<Evidence["history"], "submitted" | "started">;
  readonly runs: readonly FlowRun[];
}): readonly string[] {
  const runsOf = Map.groupBy(
    runs.filter(({ parentRunId }) => parentRunId === null),
    submissionOf,
  );
  const bySubmission = Map.groupBy(history.submitted, ({ id }) => id);
  return [
    ...[...bySubmission].flatMap(([id, asked]) => {
      const made = runsOf.get(id) ?? [];
      const ids = new Set(asked.flatMap(({ runId }) => runId ?? []));
      const problems = [
        ...(made.length > 1 ? [`made ${made.length} runs`] : []),
        ...[...ids].flatMap((runId) =>
          made.some((run) => run.id === runId) ? [] : [`was answered ${runId}, which is not there`],
        ),
        ...(ids.size > 1 ? [`was answered ${ids.size} runs`] : []),
      ];
      return problems.map((problem) => `I3: ${id} ${problem}`);
    }),
    ...history.started.flatMap(({ id, runId }) =>
      runs.some((run) => run.id === runId) ? [] : [`I3: ${id} began as ${runId}, which is not there`],
    ),
  ];
}

/** I8: an automation acts once for each event, whichever server was about to when it died; or it tells that it could not. */
export const reactions: Invariant = ({ orders, runs }) => {
  const runsOf = Map.groupBy(runs, submissionOf);
  return orders.flatMap(({ id, isGivenUp }) => {
    const made = runsOf.get(id)?.length ?? 0;
    return made === 1 || (made === 0 && isGivenUp) ? [] : [`I8: ${made} runs were made for the event ${id}`];
  });
};

export function submissionOf({ parameters }: FlowRun): string {
  return (JSON.parse(parameters) as { readonly submission?: string }).submission ?? "";
}
