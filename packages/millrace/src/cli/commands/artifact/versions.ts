import { MillraceError } from "../../../contract/errors.ts";
import { wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { readPages } from "../../read-pages.ts";
import { renderArtifacts } from "./artifact-table.ts";

export const artifactVersions = defineCommand({
  summary: "List the versions of an artifact by its key",
  positionals: { key: required("The key of an artifact.") },
  options: { limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }) },
  examples: [{ command: "artifact versions model-report", why: "how a report has changed from run to run" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const filter = { keys: [args.key] };
    const versions = await readPages((page) => host.api.listArtifacts(filter, page), { limit: options.limit });
    if (versions.length === 0) {
      const advice = "`millrace artifact ls` lists the keys that there are.";
      throw new MillraceError("NOT_FOUND", { kind: "artifact with the key", name: args.key, advice });
    }
    if (context.json) context.out.json(versions);
    else context.out.lines(renderArtifacts(versions, context));
    return undefined;
  },
});
