import type { ArtifactKind } from "../../../contract/records.ts";
import { choices, flag, text, texts, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import { readPages } from "../../read-pages.ts";
import { artifactsOf } from "../../run-family.ts";
import { renderArtifacts } from "./artifact-table.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

const kinds = [
  "markdown",
  "table",
  "link",
  "image",
  "progress",
  "chart",
  "html",
  "result",
] as const satisfies readonly ArtifactKind[];

export const artifactLs = withListPage(
  watchable(
    defineCommand({
      summary: "List artifacts, the newest version of each",
      positionals: {},
      options: {
        run: text("RUN", "All artifacts of this flow run and its subflows: an id, a name, or `latest`."),
        kind: choices(kinds, "KIND", "Only artifacts of this kind."),
        key: texts("KEY", "Only artifacts of this key."),
        all: flag("Older versions too.", { short: "a" }),
        limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
      },
      examples: [
        { command: "artifact ls --run latest", why: "what the last run has left" },
        { command: "artifact ls --kind chart", why: "all charts" },
      ],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const filter = {
          ...(options.run === undefined ? {} : { where: await artifactsOf(api, await findFlowRun(api, options.run)) }),
          ...(options.kind.length === 0 ? {} : { kinds: options.kind }),
          ...(options.key.length === 0 ? {} : { keys: options.key }),
          // What a run has left is there, whatever others have made of the same keys since.
          ...(options.all || options.run !== undefined ? {} : { latestOnly: true }),
        };
        const most = { limit: options.limit };
        if (context.json) {
          context.out.json(await readPages((page) => api.listArtifacts(filter, page), most));
          return undefined;
        }
        const artifacts = await readPages((page) => api.listArtifactRows(filter, page), most);
        if (artifacts.length === 0) {
          context.out.line("There are no such artifacts. A flow makes them: `await artifact.markdown(text, { key })`.");
        } else context.out.lines(renderArtifacts(artifacts, context));
        return undefined;
      },
    }),
  ),
  "artifact",
);
