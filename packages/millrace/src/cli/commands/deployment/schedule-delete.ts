import type { Schedule } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { optional, required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { findSchedule, readSchedules, scheduleArgument } from "./find-schedule.ts";

const yes = flag("Do not ask.", { short: "y" });
const details = ['With --json: `{ "deleted": [ids] }`.'];

export const deploymentScheduleDelete = defineCommand({
  summary: "Delete a schedule with the runs that it has made and that have not begun",
  details,
  positionals: { deployment: required(deploymentArgument), schedule: optional(scheduleArgument) },
  options: { yes },
  examples: [{ command: "deployment schedule delete etl/nightly weekend", why: "by its slug" }],
  run: ({ args, options }, context) =>
    remove(args.deployment, { ...context, isSure: options.yes, isDryRun: false, schedule: args.schedule ?? null }),
});

export const deploymentScheduleClear = defineCommand({
  summary: "Delete all schedules of a deployment with the runs that have not begun",
  details,
  positionals: { deployment: required(deploymentArgument) },
  options: { yes, dryRun: flag("Only say what would be deleted.") },
  examples: [{ command: "deployment schedule clear etl/nightly", why: "says what goes, and asks" }],
  run: ({ args, options }, context) =>
    remove(args.deployment, { ...context, isSure: options.yes, isDryRun: options.dryRun, schedule: "all" }),
});

interface Removal extends CommandContext {
  readonly isSure: boolean;
  readonly isDryRun: boolean;
  /** Null for the only one. */
  readonly schedule: string | null;
}

async function remove(reference: string, { schedule, isSure, isDryRun, ...context }: Removal): Promise<undefined> {
  await using host = await context.openHost();
  const { api } = host;
  const deployment = await findObject(api, reference, deployments);
  const chosen: readonly Schedule[] =
    schedule === "all"
      ? await readSchedules(api, deployment)
      : [await findSchedule(api, deployment, schedule ?? undefined)];
  const { out, json } = context;
  const title = deploymentTitle(deployment);
  const what = `${plural(chosen.length, "schedule")} of ${title}`;
  if (isDryRun || chosen.length === 0) {
    if (json) out.json({ deleted: [] });
    else out.line(chosen.length === 0 ? `${title} has no schedule.` : `Would delete ${what}.`);
    return;
  }
  await confirm({ question: `Delete ${what}?`, isSure }, context);
  const deleted: string[] = [];
  for (const { id } of chosen) if (await api.deleteSchedule(id)) deleted.push(id);
  if (json) out.json({ deleted });
  else out.line(`Deleted ${what}.`);
}
