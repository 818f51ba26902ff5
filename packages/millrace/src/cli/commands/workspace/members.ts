import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";

export const workspaceMembers = defineCommand({
  summary: "List who may enter a workspace, and as what",
  details: ["Admins of the server may enter each as an admin, and are not listed. With --json: an array of members."],
  positionals: { workspace: required(workspaceArgument) },
  options: {},
  examples: [{ command: "workspace members forecasts", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const { id, name } = await findWorkspace(host.api, args.workspace);
    const members = await readPages((page) => host.api.listMembers({ workspaceId: id }, page));
    const { out, json, times } = context;
    if (json) out.json(members);
    else if (members.length === 0) {
      out.line(`Nobody is a member of ${name}: \`millrace workspace add-member ${name} ACCOUNT --role author\`.`);
    } else {
      const table = renderTable(
        members,
        [
          { title: "ACCOUNT", cell: ({ accountName }) => accountName, shrinksTo: 12 },
          { title: "ROLE", cell: ({ role }) => role },
          { title: "SINCE", cell: ({ since }) => times.short(since), leftOut: 1 },
        ],
        { width: out.width, look: out.look },
      );
      out.lines(table);
    }
    return undefined;
  },
});
