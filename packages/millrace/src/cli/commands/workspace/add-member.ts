import { memberRoles } from "../../../contract/workspaces.ts";
import { choice } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { accountArgument, findAccount } from "../../find-account.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const workspaceAddMember = defineCommand({
  summary: "Let an account into a workspace, or change what it may do there",
  details: [
    "What an account may do on the server itself is its own role: one whose role is `none` may enter workspaces only.",
    "With --json: `{ workspaceId, accountId, role }`.",
  ],
  positionals: { workspace: required(workspaceArgument), account: required(accountArgument) },
  options: { role: choice(memberRoles, "What it may do there. Required.") },
  examples: [
    { command: "workspace add-member forecasts ada --role author", why: "" },
    { command: "workspace add-member forecasts gpu-workers --role worker", why: "for workers of its pools" },
  ],
  async run({ args, options: { role } }, context) {
    if (role === undefined) throw new UsageProblem("--role is missing", `it is one of ${memberRoles.join(", ")}`);
    await using host = await context.openHost();
    const workspace = await findWorkspace(host.api, args.workspace);
    const account = await findAccount(host.api, args.account);
    const change = { workspaceId: workspace.id, accountId: account.id, role };
    await host.api.setMember(change);
    if (context.json) context.out.json(change);
    else context.out.line(cleanLine(`${account.name} may enter ${workspace.name}, as ${role}.`));
    return undefined;
  },
});
