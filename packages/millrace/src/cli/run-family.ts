/** A run with its subflows, and theirs. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
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
