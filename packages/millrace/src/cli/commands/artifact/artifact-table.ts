import type { ArtifactRow } from "../../../contract/artifact-row.ts";
import type { CommandContext } from "../../command.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";

/** What the table shows of one. */
type Shown = Pick<ArtifactRow, "id" | "key" | "kind" | "description" | "flowRunId" | "updatedAt">;

export function renderArtifacts(artifacts: readonly Shown[], { out, times }: CommandContext): readonly string[] {
  return renderTable(
    artifacts,
    [
      { title: "ID", cell: ({ id }) => shortId(id) },
      { title: "KEY", cell: ({ key }) => key ?? "", shrinksTo: 12 },
      { title: "KIND", cell: ({ kind }) => kind },
      { title: "DESCRIPTION", cell: ({ description }) => description ?? "", shrinksTo: 10, leftOut: 1 },
      { title: "RUN", cell: ({ flowRunId }) => (flowRunId === null ? "" : shortId(flowRunId)) },
      { title: "UPDATED", cell: ({ updatedAt }) => times.short(updatedAt) },
    ],
    { width: out.width, look: out.look },
  );
}
