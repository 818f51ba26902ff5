/** A run keeps the code it started with: its deployment as it was then, whatever has become of it since. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Deployment } from "../contract/objects.ts";

/** Whether a deployment is as the run started with it. One that has not started takes it as it is. */
export function isStartedWith({ extra }: Pick<FlowRun, "extra">, { versionNumber }: Deployment): boolean {
  return extra.startedVersion === undefined || extra.startedVersion === versionNumber;
}

/**
 * The deployment with what the run is made of: the fields of the version that it started with, and the very commits that were
 * brought then. As it is now where that version is not kept.
 */
export async function startedDeployment(
  api: Pick<Api, "readDeploymentVersion">,
  run: Pick<FlowRun, "extra">,
  current: Deployment,
): Promise<Deployment> {
  const { startedVersion, pulledSteps } = run.extra;
  const isSame = startedVersion === undefined || isStartedWith(run, current);
  const version = isSame ? null : await api.readDeploymentVersion(current.id, startedVersion);
  return {
    ...current,
    ...(version === null ? {} : { ...version.definition, versionNumber: version.number }),
    ...(startedVersion === undefined || pulledSteps === undefined ? {} : { pullSteps: pulledSteps }),
  };
}
