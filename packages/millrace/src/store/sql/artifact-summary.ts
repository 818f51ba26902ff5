/** An artifact as a row of a list; see contract/artifact-row.ts. */

import { type ArtifactRow, maxRowDescriptionLength, maxRowPreviewLength } from "../../contract/artifact-row.ts";
import type { Row } from "./database.ts";
import { columns, raw, sql } from "./fragment.ts";
import { clipText } from "./text.ts";

const whole = columns("artifact", [
  "seq",
  "id",
  "flow_run_id",
  "task_run_id",
  "key",
  "kind",
  "created_at",
  "updated_at",
]);
/** Cut where it is read: what is long never leaves the database. Clipping says whether there was more. */
const description = raw(`substr(description, 1, ${maxRowDescriptionLength + 1}) as clipped`);
const preview = raw(`substr(data, 1, ${maxRowPreviewLength}) as preview, octet_length(data) as size_bytes`);

export const artifactSummary = sql`${whole}, ${description}, ${preview}`;

export function toArtifactRow(row: Row): ArtifactRow {
  return {
    id: row.id as string,
    key: row.key as string | null,
    kind: row.kind as string,
    description: row.clipped === null ? null : clipText(row.clipped as string, maxRowDescriptionLength),
    preview: row.preview as string,
    sizeBytes: row.size_bytes as number,
    flowRunId: row.flow_run_id as string | null,
    taskRunId: row.task_run_id as string | null,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  };
}
