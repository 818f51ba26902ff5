import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { changePool } from "./change-pool.ts";

export const workPoolPause = defineCommand({
  summary: "Let no run of a work pool begin; those under way go on",
  details: ["With --json: the work pool."],
  positionals: { pool: required(workPoolArgument) },
  options: {},
  examples: [{ command: "work-pool pause local", why: "until `work-pool resume`" }],
  run: ({ args }, context) => setPaused(args.pool, { isPaused: true, context }),
});

export const workPoolResume = defineCommand({
  summary: "Let the runs of a work pool begin again",
  details: ["With --json: the work pool."],
  positionals: { pool: required(workPoolArgument) },
  options: {},
  examples: [{ command: "work-pool resume local", why: "" }],
  run: ({ args }, context) => setPaused(args.pool, { isPaused: false, context }),
});

async function setPaused(
  reference: string,
  { isPaused, context }: { readonly isPaused: boolean; readonly context: CommandContext },
): Promise<undefined> {
  await using host = await context.openHost();
  const pool = await findObject(host.api, reference, workPools);
  const told = isPaused ? "is paused." : "goes on.";
  await changePool(host.api, { pool, change: { paused: isPaused }, context, told: ({ name }) => `${name} ${told}` });
}
