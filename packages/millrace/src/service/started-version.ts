import type { FlowRun, FlowRunExtra } from "../contract/flow-run.ts";
import type { StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";

const starts: ReadonlySet<StateType> = new Set(["PENDING", "RUNNING"]);

/**
 * What is kept with a run when it enters a state: when it starts for the first time, the version of its deployment. A later
 * start, after a failure or a pause, does not change it: the run keeps what it was made of.
 */
export async function withStartedVersion(
  store: Pick<Store, "readObjects">,
  { deploymentId, extra: { startedVersion } }: FlowRun,
  { next, extra }: { readonly next: StateType; readonly extra: FlowRunExtra },
): Promise<FlowRunExtra> {
  if (deploymentId === null || startedVersion !== undefined || !starts.has(next)) return extra;
  const [deployment] = await store.readObjects("deployment", [deploymentId]);
  const number = deployment?.versionNumber;
  return number === undefined ? extra : { ...extra, startedVersion: number };
}
