import type { Schedule } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { optional, required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { findSchedule, readSchedules, scheduleArgument } from "./find-schedule.ts";

const positionals = { deployment: required(deploymentArgument), schedule: optional(scheduleArgument) } as const;
const options = { all: flag("All schedules of the deployment.") } as const;
const details = ["With --json: an array of the schedules."];

export const deploymentSchedulePause = defineCommand({
  summary: "Pause a schedule: its runs that have not begun are dropped, and it makes no more",
  details,
  positionals,
  options,
  examples: [
    { command: "deployment schedule pause etl/nightly weekend", why: "by its slug" },
    { command: "deployment schedule pause etl/nightly --all", why: "all of a deployment" },
  ],
  run: (input, context) => setActive(input, { isActive: false, context }),
});

export const deploymentScheduleResume = defineCommand({
  summary: "Let a schedule make runs again",
  details,
  positionals,
  options,
  examples: [{ command: "deployment schedule resume etl/nightly weekend", why: "by its slug" }],
  run: (input, context) => setActive(input, { isActive: true, context }),
});

interface Input {
  readonly args: { readonly deployment: string; readonly schedule: string | undefined };
  readonly options: { readonly all: boolean };
}

async function setActive(
  { args, options: { all } }: Input,
  { isActive, context }: { readonly isActive: boolean; readonly context: CommandContext },
): Promise<undefined> {
  if (all && args.schedule !== undefined) throw new UsageProblem("name a schedule, or give --all");
  await using host = await context.openHost();
  const { api } = host;
  const deployment = await findObject(api, args.deployment, deployments);
  const chosen = all ? await readSchedules(api, deployment) : [await findSchedule(api, deployment, args.schedule)];
  const changed: Schedule[] = [];
  for (const { id } of chosen) {
    const schedule = await api.updateSchedule(id, { active: isActive });
    if (schedule !== null) changed.push(schedule);
  }
  if (!all) demandChanged(changed[0] ?? null, { kind: "schedule", name: args.schedule ?? "" });
  const { out, json } = context;
  const title = deploymentTitle(deployment);
  if (json) out.json(changed);
  else
    out.line(
      `${plural(changed.length, "schedule")} of ${title} ${verb(changed.length)} ${isActive ? "active" : "paused"}.`,
    );
  if (!json && isActive && deployment.paused) {
    context.err.line(`${title} itself is paused: \`millrace deployment resume ${title}\`.`);
  }
}

function verb(count: number): string {
  return count === 1 ? "is" : "are";
}
