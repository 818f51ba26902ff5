/** A run with its subflows, and theirs. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import { readPages } from "./read-pages.ts";

/** Parents whose children are asked for at once. */
const maxParents = 1000;

/** The run's descendants, generation by generation. */
export async function readDescendants(api: Api, id: string): Promise<readonly FlowRun[]> {
  const found: FlowRun[] = [];
  for (let parents = [id]; parents.length > 0; ) {
    const children: FlowRun[] = [];
    for (let from = 0; from < parents.length; from += maxParents) {
      const parentRunIds = parents.slice(from, from + maxParents);
      children.push(...(await readPages((page) => api.listFlowRuns({ parentRunIds }, "created-asc", page))));
    }
    found.push(...children);
    parents = children.map((child) => child.id);
  }
  return found;
}

/** Which artifacts are the run's and its descendants'. */
export async function artifactsOf(
  api: Api,
  { id, parentRunId }: Pick<FlowRun, "id" | "parentRunId">,
): Promise<Condition> {
  // All of a tree have its root's id; those below a subflow have nothing of their own in common.
  if (parentRunId === null) return { related: "flow-run", where: { field: "rootRunId", in: [id] } };
  return { field: "flowRunId", in: [id, ...(await readDescendants(api, id)).map((run) => run.id)] };
}

/** How many artifacts the run and its descendants have. */
export async function countArtifacts(api: Api, run: Pick<FlowRun, "id" | "parentRunId">): Promise<number> {
  return api.count("artifact", await artifactsOf(api, run));
}
