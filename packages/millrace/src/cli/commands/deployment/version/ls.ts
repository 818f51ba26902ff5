import type { DeploymentVersion } from "../../../../contract/objects.ts";
import { wholeNumber } from "../../../arguments/options.ts";
import { required } from "../../../arguments/positionals.ts";
import { defineCommand } from "../../../command.ts";
import { findObject } from "../../../find-object.ts";
import { deploymentArgument, deployments } from "../../../object-lookups.ts";
import { renderTable } from "../../../output/table.ts";
import { readPages } from "../../../read-pages.ts";
import { byText, toText } from "./version-text.ts";

export const deploymentVersionLs = defineCommand({
  summary: "List the versions of a deployment, the newest first",
  details: [
    "There is a new one each time that something changes of which its runs are made: code, parameters, job variables, pool, tags. Schedules are not of it.",
    "With --json: an array of versions, each with its `definition`.",
  ],
  positionals: { deployment: required(deploymentArgument) },
  options: { limit: wholeNumber("N", "At most so many.", { initial: 20, max: 1_000_000, short: "n" }) },
  examples: [{ command: "deployment version ls etl/nightly", why: "what was it before?" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { id } = await findObject(host.api, args.deployment, deployments);
    const found = await readPages((page) => host.api.listDeploymentVersions(id, page), { limit: options.limit });
    const { out, json, times } = context;
    if (json) out.json(found);
    else {
      const label = ({ definition }: DeploymentVersion): string => toText(definition?.version);
      out.lines(
        renderTable(
          found,
          [
            { title: "NUMBER", cell: ({ number }) => String(number), align: "right" },
            { title: "MADE", cell: ({ createdAt }) => times.short(createdAt) },
            { title: "BY", cell: byText, shrinksTo: 10 },
            { title: "VERSION", cell: label, shrinksTo: 8 },
            { title: "CODE", cell: ({ definition }) => toText(definition?.contentHash).slice(0, 12) },
            {
              title: "NOTE",
              cell: ({ rolledBackTo }) => (rolledBackTo === undefined ? "" : `brought back ${rolledBackTo}`),
            },
          ],
          { width: out.width, look: out.look },
        ),
      );
    }
    return undefined;
  },
});
