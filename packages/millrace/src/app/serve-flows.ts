/** Serves deployments: saves them, and starts their runs from this process until it is told to stop. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Api } from "../contract/api.ts";
import type { DeploymentToSave, SavedDeployment } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import type { PlannedDeployment, ServeRequest } from "../contract/serving.ts";
import { formatEntrypoint } from "../worker/entrypoint.ts";
import { checkDefaultParameters } from "./check-default-parameters.ts";
import { describeDispatch } from "./describe-dispatch.ts";
import { hashModule, versionOf } from "./hash-module.ts";
import { openWorkplace } from "./open-workplace.ts";
import { withParameterSchema } from "./parameter-schema.ts";
import type { Settings } from "./settings.ts";
import { listenForStop } from "./told-to-stop.ts";

export interface ServeFlowsOptions {
  readonly settings: Settings;
  /** Told what goes on, a line at a time. */
  readonly say: (line: string) => void;
}

export async function serveFlows(request: ServeRequest, { settings, say }: ServeFlowsOptions): Promise<void> {
  using stop = listenForStop(request.signal);
  const { deployments, limit, ready, pausesOnStop } = request;
  // Before anything is opened: what cannot be found again is not served.
  const placed = await Promise.all(deployments.map(toPlaced));
  for (const deployment of placed) await checkDefaultParameters(deployment);
  const onReport = (report: Parameters<typeof describeDispatch>[0]): void => say(describeDispatch(report));
  const workplace = await openWorkplace({ settings, limit, ready, onReport });
  const { api, infrastructure } = workplace;
  try {
    const saved: SavedDeployment[] = [];
    for (const deployment of placed) saved.push(await api.saveDeployment(deployment));
    const deploymentIds = saved.map(({ deployment }) => deployment.id);
    const each = Math.ceil(ready / saved.length);
    for (const { deployment } of saved) infrastructure.keep(deployment, each);
    const dispatcher = workplace.dispatch({
      where: { field: "deploymentId", in: deploymentIds },
      waits: false,
      findDue: (due) => api.findDueRunsOfDeployments({ deploymentIds, ...due }),
    });
    await sayWhatIsServed(saved, { api, say, where: workplace.serverUrl });
    request.onServing();
    stop.onAgain(() => void dispatcher.stop());
    await stop.asked;
    say("Taking no more runs; those under way may end. Again ends them at once.");
    if (pausesOnStop) await pause(api, deploymentIds, say);
    await dispatcher.stop();
  } finally {
    await workplace.close();
  }
}

/** Runs are executed in the folder that this process runs in. */
async function toPlaced({ definition, deployment: planned }: PlannedDeployment): Promise<DeploymentToSave> {
  const deployment = await withParameterSchema(planned, definition);
  const { site, name } = definition;
  if (site === null || !site.module.startsWith("file:")) {
    throw new MillraceError("DEPLOYMENT_INVALID", {
      deployment: deployment.name,
      reason: `it is not known in which file flow \`${name}\` was written`,
    });
  }
  const folder = process.cwd();
  const file = fileURLToPath(site.module);
  const contentHash = hashModule(file);
  return {
    ...deployment,
    path: folder,
    entrypoint: formatEntrypoint({ file: relative(folder, file), exportName: null }),
    contentHash,
    version: versionOf(deployment, { codeHash: definition.codeHash, contentHash }),
    pullSteps: null,
    workPoolId: null,
    workQueueId: null,
  };
}

async function sayWhatIsServed(
  saved: readonly SavedDeployment[],
  { api, say, where }: { readonly api: Api; readonly say: (line: string) => void; readonly where: string | null },
): Promise<void> {
  for (const { deployment, schedules } of saved) {
    const times = await Promise.all(
      schedules
        .filter(({ active }) => active)
        .map(({ spec }) => api.upcoming({ spec: spec as never, limit: 1 }).then(([first]) => first)),
    );
    const next = times.filter((time) => time !== undefined).toSorted((a, b) => a - b)[0];
    const when = next === undefined ? "runs when it is asked for" : `next run at ${new Date(next).toISOString()}`;
    say(`Serving ${deployment.flowName}/${deployment.name}: ${when}`);
  }
  say(where === null ? "Over this machine's own ledger. Ctrl-C stops it." : `For ${where}. Ctrl-C stops it.`);
}

async function pause(api: Api, deploymentIds: readonly string[], say: (line: string) => void): Promise<void> {
  try {
    for (const id of deploymentIds) await api.pauseDeployment(id);
  } catch (error) {
    say(`The schedules could not be paused: ${error instanceof Error ? error.message : String(error)}`);
  }
}
