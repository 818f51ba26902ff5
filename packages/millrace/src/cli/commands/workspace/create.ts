import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const workspaceCreate = defineCommand({
  summary: "Make a workspace: a ledger of its own on the same server",
  details: [
    "It has flows, runs, deployments, pools, blocks and all else of its own, and nobody in it sees anything of another. Accounts are the server's; `workspace add-member` lets one in.",
    "It is reached by the server's URL with `/workspaces/NAME` behind it: as MILLRACE_API_URL, as PREFECT_API_URL with `/api` behind that, and in a browser.",
    "With --json: the workspace.",
  ],
  positionals: {
    name: required("Its part of URLs: lower-case letters, digits and hyphens, at most 40, beginning with a letter."),
  },
  options: { description: text("TEXT", "What it is for.") },
  examples: [{ command: 'workspace create forecasts --description "Demand, by shop and day"', why: "" }],
  async run({ args: { name }, options: { description } }, context) {
    await using host = await context.openHost();
    const made = await host.api.createWorkspace({ name, ...(description === undefined ? {} : { description }) });
    const { out, json } = context;
    if (json) out.json(made);
    else {
      out.line(`Made the workspace ${made.name}: \`/workspaces/${made.name}\` behind the URL of the server.`);
      out.line(cleanLine(`\`millrace workspace add-member ${made.name} ACCOUNT --role author\` lets somebody in.`));
    }
    return undefined;
  },
});
