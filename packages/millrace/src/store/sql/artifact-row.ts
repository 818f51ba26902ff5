/** An artifact as a row. */

import type { Artifact } from "../../contract/records.ts";
import type { Row } from "./database.ts";
import { cleanKeyOrNull, cleanText, cleanTextOrNull } from "./text.ts";
import { checkUuid, checkUuidOrNull } from "./uuid.ts";

/** In the order of `toArtifactValues`; `seq` is the database's. */
export const artifactColumns = [
  "id",
  "flow_run_id",
  "task_run_id",
  "key",
  "kind",
  "description",
  "data",
  "created_at",
  "updated_at",
  "metadata",
] as const;

export function toArtifactValues(artifact: Artifact): (string | number | null)[] {
  return [
    checkUuid(artifact.id),
    checkUuidOrNull(artifact.flowRunId),
    checkUuidOrNull(artifact.taskRunId),
    cleanKeyOrNull(artifact.key),
    artifact.kind,
    cleanTextOrNull(artifact.description),
    cleanText(artifact.data),
    artifact.createdAt,
    artifact.updatedAt,
    cleanTextOrNull(artifact.metadata),
  ];
}

export function toArtifact(row: Row): Artifact {
  return {
    id: row.id as string,
    key: row.key as string | null,
    kind: row.kind as string,
    description: row.description as string | null,
    data: row.data as string,
    flowRunId: row.flow_run_id as string | null,
    taskRunId: row.task_run_id as string | null,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    ...(row.metadata === null ? {} : { metadata: row.metadata as string }),
  };
}
