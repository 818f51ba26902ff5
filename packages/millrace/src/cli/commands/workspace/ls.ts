import { isMillraceError } from "../../../contract/errors.ts";
import { defineCommand } from "../../command.ts";
import { readWorkspaces } from "../../find-workspace.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderTable } from "../../output/table.ts";

interface Listed {
  /** Null where only an admin may know it. */
  readonly id: string | null;
  readonly name: string;
  readonly description: string;
  readonly role: string | null;
  readonly purgeAt: number | null;
}

export const workspaceLs = defineCommand({
  summary: "List the workspaces of a server",
  details: [
    "An admin of the server sees all of them, also those that are deleted and can still be restored; others see those that they may enter.",
    "With --json: an array of `{ id, name, description, role, purgeAt }`. `role` is null for who is asked nothing, and `id` for who is no admin.",
  ],
  positionals: {},
  options: {},
  examples: [{ command: "workspace ls", why: "" }],
  async run(_, context) {
    await using host = await context.openHost();
    const session = await host.client?.readSession();
    const open = session?.workspaces ?? [];
    const roles = new Map(open.map(({ name, role }) => [name, role]));
    let listed: readonly Listed[];
    try {
      listed = (await readWorkspaces(host.api)).map((each) => ({
        id: each.id,
        name: each.name,
        description: each.description,
        role: roles.get(each.name) ?? null,
        purgeAt: each.purgeAt,
      }));
    } catch (error) {
      if (!isMillraceError(error, "FORBIDDEN") && !isMillraceError(error, "WORKSPACE_HAS_NONE")) throw error;
      listed = open.map((each) => ({ id: null, ...each, purgeAt: null }));
    }
    const { out, json, times } = context;
    if (json) out.json(listed);
    else if (listed.length === 0) {
      out.line("There are no workspaces. An admin makes one: `millrace workspace create NAME`.");
    } else {
      const table = renderTable(
        listed,
        [
          { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
          { title: "ROLE", cell: ({ role }) => role ?? "" },
          {
            title: "STATUS",
            cell: ({ purgeAt }) => (purgeAt === null ? "open" : `deleted, kept until ${times.short(purgeAt)}`),
            style: ({ purgeAt }) => (purgeAt === null ? out.look.paint.green : out.look.paint.red),
          },
          { title: "DESCRIPTION", cell: ({ description }) => cleanLine(description), shrinksTo: 12, leftOut: 1 },
        ],
        { width: out.width, look: out.look },
      );
      out.lines(table);
    }
    return undefined;
  },
});
