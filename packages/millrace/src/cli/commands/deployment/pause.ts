import type { Api } from "../../../contract/api.ts";
import type { Deployment } from "../../../contract/objects.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";

export const deploymentPause = defineCommand({
  summary: "Stop all schedules of a deployment, and drop the runs that they have made and that have not begun",
  details: ["Runs that people submit go on. With --json: the deployment."],
  positionals: { deployment: required(deploymentArgument) },
  options: {},
  examples: [{ command: "deployment pause etl/nightly", why: "until `deployment resume`" }],
  run: ({ args }, context) => set(args.deployment, "pauseDeployment", context),
});

export const deploymentResume = defineCommand({
  summary: "Let the schedules of a deployment go on",
  details: ["With --json: the deployment."],
  positionals: { deployment: required(deploymentArgument) },
  options: {},
  examples: [{ command: "deployment resume etl/nightly", why: "" }],
  run: ({ args }, context) => set(args.deployment, "resumeDeployment", context),
});

async function set(
  reference: string,
  method: "pauseDeployment" | "resumeDeployment",
  context: CommandContext,
): Promise<undefined> {
  await using host = await context.openHost();
  const found = await findObject(host.api, reference, deployments);
  const changed = demandChanged(await host.api[method](found.id), { kind: "deployment", name: deploymentTitle(found) });
  if (context.json) context.out.json(changed);
  else context.out.line(await told(host.api, changed));
}

async function told(api: Api, { id, paused, ...deployment }: Deployment): Promise<string> {
  const title = deploymentTitle(deployment);
  if (paused) return `${title} is paused.`;
  const all = [
    { field: "deploymentId", in: [id] },
    { field: "active", in: [true] },
  ];
  const active = await api.count("schedule", { all });
  return active > 0 ? `${title} goes on.` : `${title} goes on. It has no active schedule.`;
}
