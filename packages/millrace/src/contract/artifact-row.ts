/** An artifact as a row of a list: what is shown of many, and only the start of what it holds. */

import type { Artifact } from "./records.ts";

/** In characters; a longer description is cut, and ends with `…`. */
export const maxRowDescriptionLength = 300;
/** In code points. */
export const maxRowPreviewLength = 200;

export interface ArtifactRow
  extends Pick<Artifact, "id" | "key" | "kind" | "flowRunId" | "taskRunId" | "createdAt" | "updatedAt"> {
  /** At most 300 characters. */
  readonly description: string | null;
  /** The start of its data, 200 characters at most: all of it where `sizeBytes` is that of the preview. */
  readonly preview: string;
  /** Of its data, in UTF-8. */
  readonly sizeBytes: number;
}
