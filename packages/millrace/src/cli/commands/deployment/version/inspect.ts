import { optional, required } from "../../../arguments/positionals.ts";
import { defineCommand } from "../../../command.ts";
import { findObject } from "../../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../../object-lookups.ts";
import { cleanLine, cleanText } from "../../../output/clean-text.ts";
import { renderFacts } from "../../../output/facts.ts";
import { findVersion, versionArgument } from "./find-version.ts";
import { byText } from "./version-text.ts";

export const deploymentVersionInspect = defineCommand({
  summary: "Show a version of a deployment: all of which its runs were made",
  details: ["With --json: the version."],
  positionals: {
    deployment: required(deploymentArgument),
    version: optional(`${versionArgument} Default: latest.`),
  },
  options: {},
  examples: [{ command: "deployment version inspect etl/nightly 3", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const deployment = await findObject(host.api, args.deployment, deployments);
    const version = await findVersion(host.api, deployment, args.version ?? "latest");
    const { out, json, times } = context;
    if (json) {
      out.json(version);
      return undefined;
    }
    const { number, contentHash, rolledBackTo, definition = {} } = version;
    const by = byText(version);
    const isLatest = number === deployment.versionNumber;
    out.lines(
      renderFacts(
        [
          ["Deployment", out.look.paint.bold(cleanLine(deploymentTitle(deployment)))],
          ["Version", `${number}${isLatest ? ", which it has now" : ` of ${deployment.versionNumber ?? number}`}`],
          ["Made", times.long(version.createdAt)],
          ["By", by === "" ? null : cleanLine(by)],
          ["Brought back", rolledBackTo === undefined ? null : `version ${rolledBackTo}`],
          ["Hash", contentHash],
        ],
        out,
      ),
    );
    out.lines(["", cleanText(JSON.stringify(definition, null, 2))]);
    return undefined;
  },
});
