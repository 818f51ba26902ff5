import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { previewOptions, previewRuns } from "../../preview-runs.ts";

export const workPoolPreview = defineCommand({
  summary: "List the runs that a work pool has to come, in the order of their due times",
  details: ["With --json: an array of flow runs."],
  positionals: { pool: required(workPoolArgument) },
  options: previewOptions,
  examples: [{ command: "work-pool preview local --within 2h", why: "what comes next?" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { id, name } = await findObject(host.api, args.pool, workPools);
    await previewRuns(host.api, { ...options, of: { field: "workPoolId", id, title: name }, context });
    return undefined;
  },
});
