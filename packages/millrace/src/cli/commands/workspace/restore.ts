import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";

export const workspaceRestore = defineCommand({
  summary: "Restore a workspace that was deleted",
  details: ["Its schedules and automations go on. With --json: the workspace."],
  positionals: { workspace: required(workspaceArgument) },
  options: {},
  examples: [{ command: "workspace restore forecasts", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const found = await findWorkspace(host.api, args.workspace);
    const restored = await host.api.restoreWorkspace(found.id);
    if (context.json) context.out.json(restored);
    else context.out.line(`The workspace ${found.name} is there again.`);
    return undefined;
  },
});
