import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { artifactArgument, findArtifact } from "../../find-artifact.ts";
import { plural } from "../../output/numbers.ts";
import { readPages } from "../../read-pages.ts";

export const artifactDelete = defineCommand({
  summary: "Delete an artifact",
  details: ['With --json: `{ "deleted": [ids] }`.'],
  positionals: { artifact: required(artifactArgument) },
  options: {
    versions: flag("All versions of its key, not only the newest."),
    yes: flag("Do not ask.", { short: "y" }),
  },
  examples: [
    { command: "artifact delete model-report", why: "the newest version" },
    { command: "artifact delete model-report --versions --yes", why: "all of them" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const found = await findArtifact(api, args.artifact);
    const { key } = found;
    const all =
      options.versions && key !== null ? await readPages((page) => api.listArtifacts({ keys: [key] }, page)) : [found];
    const question = `Delete ${plural(all.length, "artifact")} (${key ?? found.id})?`;
    await confirm({ question, isSure: options.yes }, context);
    const deleted: string[] = [];
    for (const { id } of all) if (await api.deleteArtifact(id)) deleted.push(id);
    if (context.json) context.out.json({ deleted });
    else context.out.line(`Deleted ${plural(deleted.length, "artifact")}.`);
    return undefined;
  },
});
