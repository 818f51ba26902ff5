import { MillraceError } from "../../../../contract/errors.ts";
import { flag } from "../../../arguments/options.ts";
import { required } from "../../../arguments/positionals.ts";
import { defineCommand } from "../../../command.ts";
import { confirm } from "../../../confirm.ts";
import { findObject } from "../../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../../object-lookups.ts";
import { cleanLine } from "../../../output/clean-text.ts";
import { printDifferences } from "./diff.ts";
import { findVersion, versionArgument } from "./find-version.ts";
import { compareVersions, movingCode } from "./version-text.ts";

export const deploymentVersionRollBack = defineCommand({
  summary: "Make a deployment again what it was in a version",
  details: [
    "Shows what that changes, and asks. It becomes a new version, so that it can be taken back as well. Runs under way go on with what they have; schedules stay.",
    "A worker finds the code where the version says: a commit or an image is what it was, a folder is what it is now.",
    "With --json: the deployment; with --dry-run as well `{ from, to, changes, movingCode }`, where `movingCode` says where the code is if it does not come back.",
  ],
  positionals: { deployment: required(deploymentArgument), version: required(versionArgument) },
  options: { dryRun: flag("Only show what it would change."), yes: flag("Do not ask.", { short: "y" }) },
  examples: [
    { command: "deployment version roll-back etl/nightly 3", why: "asks first" },
    { command: "deployment version roll-back etl/nightly 3 --dry-run", why: "what would it change?" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const deployment = await findObject(host.api, args.deployment, deployments);
    const now = await findVersion(host.api, deployment, "latest");
    const then = await findVersion(host.api, deployment, args.version);
    const changes = compareVersions(now, then);
    const { out, json } = context;
    const code = movingCode(then);
    if (json && options.dryRun) out.json({ from: now.number, to: then.number, changes, movingCode: code });
    else if (!json) {
      printDifferences(changes, { deployment, from: now.number, to: then.number }, context);
      if (code !== null) out.line(cleanLine(`Its code does not come back: it is ${code} when a run starts.`));
    }
    if (options.dryRun || (!json && changes.length === 0)) return undefined;
    const title = deploymentTitle(deployment);
    await confirm({ question: `Make ${title} what it was in version ${then.number}?`, isSure: options.yes }, context);
    const changed = await host.api.rollBackDeployment(deployment.id, then.number);
    if (changed === null)
      throw new MillraceError("NOT_FOUND", { kind: "deployment", name: title, advice: "It is gone." });
    if (json) out.json(changed);
    else {
      const but = code === null ? "" : ", but for its code";
      out.line(
        cleanLine(`${title} is what it was in version ${then.number}${but}, as version ${changed.versionNumber}.`),
      );
    }
    return undefined;
  },
});
