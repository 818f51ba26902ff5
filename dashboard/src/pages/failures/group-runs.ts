/** The flow runs of a group of failures, beyond the newest few that it names. */

import type { Condition, FailureGroup, FailureGroups, FailureGroupsRequest } from "millrace/client";

/** Runs that are looked for at most; each question finds the next few. */
export const maxRuns = 100;
const maxQuestions = 25;

/**
 * Asks again and again for the group without the runs that are known.
 *
 * @returns the newest first
 */
export async function findRunsOf(
  group: FailureGroup,
  { since, ask }: { readonly since: number; readonly ask: (request: FailureGroupsRequest) => Promise<FailureGroups> },
): Promise<readonly string[]> {
  const found = new Set(group.newest.map(({ flowRunId }) => flowRunId));
  for (let asked = 0; asked < maxQuestions && found.size < Math.min(group.flowRunCount, maxRuns); asked++) {
    const where: Condition = {
      all: [
        // A group names only so many of its flows.
        ...(group.flowNames.length < 10 ? [{ field: "flowName", in: group.flowNames }] : []),
        { not: { field: "id", in: [...found] } },
      ],
    };
    const { items } = await ask({ since, where, page: { limit: 500 } });
    const rest = items.find(({ fingerprint }) => fingerprint === group.fingerprint);
    const before = found.size;
    for (const { flowRunId } of rest?.newest ?? []) found.add(flowRunId);
    if (found.size === before) break;
  }
  return [...found].slice(0, maxRuns);
}
