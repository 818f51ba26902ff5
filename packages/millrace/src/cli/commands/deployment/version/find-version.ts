import type { Api } from "../../../../contract/api.ts";
import { MillraceError } from "../../../../contract/errors.ts";
import type { Deployment, DeploymentVersion } from "../../../../contract/objects.ts";
import { UsageProblem } from "../../../arguments/usage-problem.ts";
import { deploymentTitle } from "../../../object-lookups.ts";

/** What help says of an argument that names a version. */
export const versionArgument = "The number of a version, or `latest`.";

/** @throws UsageProblem for what is no number, NOT_FOUND */
export async function findVersion(api: Api, deployment: Deployment, written: string): Promise<DeploymentVersion> {
  const number = written === "latest" ? (deployment.versionNumber ?? 1) : toNumber(written);
  const found = await api.readDeploymentVersion(deployment.id, number);
  if (found !== null) return found;
  const title = deploymentTitle(deployment);
  const advice = `\`millrace deployment version ls ${title}\` lists them.`;
  throw new MillraceError("NOT_FOUND", { kind: `version of ${title}`, name: String(number), advice });
}

function toNumber(written: string): number {
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw new UsageProblem(`\`${written}\` is no version`, "versions are numbers from 1 on, or `latest`");
}
