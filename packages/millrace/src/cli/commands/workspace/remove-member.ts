import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { accountArgument, findAccount } from "../../find-account.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const workspaceRemoveMember = defineCommand({
  summary: "Take an account out of a workspace",
  details: ["It is let in no more within 5 s. With --json: `{ removed }`, false when it was no member."],
  positionals: { workspace: required(workspaceArgument), account: required(accountArgument) },
  options: {},
  examples: [{ command: "workspace remove-member forecasts ada", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const workspace = await findWorkspace(host.api, args.workspace);
    const account = await findAccount(host.api, args.account);
    const removed = await host.api.setMember({ workspaceId: workspace.id, accountId: account.id, role: null });
    if (context.json) context.out.json({ removed });
    else {
      const what = removed ? "is out of" : "was no member of";
      context.out.line(cleanLine(`${account.name} ${what} ${workspace.name}.`));
    }
    return undefined;
  },
});
