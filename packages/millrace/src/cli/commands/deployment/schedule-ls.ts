import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { readSchedules } from "./find-schedule.ts";
import { renderSchedules } from "./schedules-table.ts";

export const deploymentScheduleLs = defineCommand({
  summary: "List the schedules of a deployment",
  details: ["With --json: an array of schedules."],
  positionals: { deployment: required(deploymentArgument) },
  options: {},
  examples: [{ command: "deployment schedule ls etl/nightly", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const deployment = await findObject(host.api, args.deployment, deployments);
    const schedules = await readSchedules(host.api, deployment);
    const { out, json } = context;
    const title = deploymentTitle(deployment);
    if (json) out.json(schedules);
    else if (schedules.length === 0) {
      out.line(
        `${title} has no schedule. Give it one: \`millrace deployment schedule create ${title} --cron "0 2 * * *"\`.`,
      );
    } else out.lines(renderSchedules(schedules, context));
    return undefined;
  },
});
