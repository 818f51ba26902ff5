import { MillraceError } from "../../../contract/errors.ts";
import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";

export const workspaceUpdate = defineCommand({
  summary: "Give a workspace another name or description",
  details: [
    "Another name is another URL: who has the old one finds nothing there, within some seconds.",
    "With --json: the workspace.",
  ],
  positionals: { workspace: required(workspaceArgument) },
  options: { name: text("NAME", "Its new name."), description: text("TEXT", "What it is for.") },
  examples: [{ command: "workspace update forecasts --name demand", why: "" }],
  async run({ args, options: { name, description } }, context) {
    if (name === undefined && description === undefined) {
      throw new UsageProblem("say what to change: --name or --description");
    }
    await using host = await context.openHost();
    const found = await findWorkspace(host.api, args.workspace);
    const changed = await host.api.updateWorkspace(found.id, {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    });
    if (changed === null) {
      throw new MillraceError("NOT_FOUND", {
        kind: "workspace",
        name: found.name,
        advice: "It was removed meanwhile.",
      });
    }
    if (context.json) context.out.json(changed);
    else context.out.line(`${found.name} is changed: \`/workspaces/${changed.name}\` behind the URL of the server.`);
    return undefined;
  },
});
