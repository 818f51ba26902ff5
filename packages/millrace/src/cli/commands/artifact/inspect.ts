import { writeFileSync } from "node:fs";
import type { Artifact } from "../../../contract/records.ts";
import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { artifactArgument, findArtifact } from "../../find-artifact.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { withPage } from "../../with-page.ts";
import { renderContent, toFileContent } from "./artifact-content.ts";

export const artifactInspect = withPage(
  defineCommand({
    summary: "Show an artifact, or write it to a file",
    details: [
      "With --json: the artifact, with its `data` as JSON. With --output: the text, table (CSV), image or chart as a file.",
    ],
    positionals: { artifact: required(artifactArgument) },
    options: { output: text("FILE", "Write what it holds to a file.", { short: "o" }) },
    examples: [
      { command: "artifact inspect penguins-report", why: "the newest report" },
      { command: "artifact inspect penguins-report --output report.md", why: "as a file" },
    ],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const artifact = await findArtifact(host.api, args.artifact);
      if (options.output !== undefined) writeTo(options.output, artifact, context);
      else if (context.json) context.out.json(artifact);
      else print(artifact, context);
      return undefined;
    },
  }),
  { kind: "artifact", find: async (api, { artifact }) => (await findArtifact(api, artifact)).id },
);

function writeTo(file: string, artifact: Artifact, { out }: CommandContext): void {
  try {
    writeFileSync(file, toFileContent(artifact));
  } catch (error) {
    throw new UsageProblem(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  out.line(`Wrote ${file}.`);
}

function print(artifact: Artifact, { out, times }: CommandContext): void {
  const { key, description, flowRunId, taskRunId } = artifact;
  out.lines(
    renderFacts(
      [
        ["Artifact", out.look.paint.bold(key === null ? artifact.id : cleanLine(key))],
        ["Id", artifact.id],
        ["Kind", artifact.kind],
        ["Description", description === null ? null : cleanLine(description)],
        ["Flow run", flowRunId],
        ["Task run", taskRunId],
        ["Updated", times.long(artifact.updatedAt)],
      ],
      out,
    ),
  );
  out.lines(["", ...renderContent(artifact, out)]);
}
