import { MillraceError } from "../contract/errors.ts";
import type { FlowRun, FlowRunChange } from "../contract/flow-run.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";

/** How often a change is made again because another one came between. */
const maxRaces = 20;

/** Changes what is not the state of a run. Of `extra` only the fields are changed that are named. Null when there is no run. */
export async function updateFlowRun(store: Store, id: string, change: FlowRunChange): Promise<FlowRun | null> {
  for (let race = 0; race < maxRaces; race++) {
    const [run] = await store.readFlowRuns([id]);
    if (run === undefined) return null;
    if (change.extra?.jobVariables !== undefined) await checkVariables(store, run, change.extra.jobVariables);
    const whole = change.extra === undefined ? change : { ...change, extra: { ...run.extra, ...change.extra } };
    if (await store.updateFlowRun(id, whole, run.extra)) return (await store.readFlowRuns([id]))[0] ?? null;
  }
  throw new MillraceError("LEDGER_BUSY", { location: `flow run ${id}`, waited: `${maxRaces} attempts` });
}

/** Loaded here only: few changes of a run give variables. */
async function checkVariables(store: Store, { deploymentId }: FlowRun, jobVariables: JsonObject): Promise<void> {
  const [deployment] = deploymentId === null ? [] : await store.readObjects("deployment", [deploymentId]);
  if (deployment === undefined) return;
  const { checkJobVariables } = await import("./check-job-variables.ts");
  const { workPoolId } = deployment;
  await checkJobVariables(store, { workPoolId, layers: [deployment.jobVariables, jobVariables], isComplete: true });
}
