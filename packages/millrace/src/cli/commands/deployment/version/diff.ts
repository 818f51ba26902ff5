import type { Deployment } from "../../../../contract/objects.ts";
import { optional, required } from "../../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../../command.ts";
import { findObject } from "../../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../../object-lookups.ts";
import { cleanLine } from "../../../output/clean-text.ts";
import { findVersion, versionArgument } from "./find-version.ts";
import { compareVersions, type VersionDifference } from "./version-text.ts";

export const deploymentVersionDiff = defineCommand({
  summary: "Show what has changed from one version of a deployment to another",
  details: ["With --json: `{ from, to, changes }`; a change is `{ field, from, to }`."],
  positionals: {
    deployment: required(deploymentArgument),
    from: optional(`${versionArgument} Default: the one before the latest.`),
    to: optional(`${versionArgument} Default: latest.`),
  },
  options: {},
  examples: [
    { command: "deployment version diff etl/nightly", why: "what was the last change?" },
    { command: "deployment version diff etl/nightly 3 7", why: "" },
  ],
  async run({ args }, context) {
    await using host = await context.openHost();
    const deployment = await findObject(host.api, args.deployment, deployments);
    const to = await findVersion(host.api, deployment, args.to ?? "latest");
    const from = await findVersion(host.api, deployment, args.from ?? String(Math.max(1, to.number - 1)));
    const changes = compareVersions(from, to);
    if (context.json) context.out.json({ from: from.number, to: to.number, changes });
    else printDifferences(changes, { deployment, from: from.number, to: to.number }, context);
    return undefined;
  },
});

export function printDifferences(
  changes: readonly VersionDifference[],
  { deployment, from, to }: { readonly deployment: Deployment; readonly from: number; readonly to: number },
  { out }: CommandContext,
): void {
  const { paint } = out.look;
  const title = cleanLine(deploymentTitle(deployment));
  if (changes.length === 0) return out.line(`Versions ${from} and ${to} of ${title} are the same.`);
  out.line(`${title}, version ${from} → ${to}`);
  for (const change of changes) {
    out.line(cleanLine(change.field));
    out.line(paint.red(cleanLine(`  - ${JSON.stringify(change.from)}`)));
    out.line(paint.green(cleanLine(`  + ${JSON.stringify(change.to)}`)));
  }
}
