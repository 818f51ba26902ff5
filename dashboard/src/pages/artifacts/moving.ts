import type { Artifact, ArtifactRow } from "millrace/client";
import { readData, toProgress } from "./artifact-data.ts";

/** A progress that has not come to its end is read again so often, in ms: its steps are no events. */
export const movingMs = 2000;
/** One that has not moved for so long is taken to have stopped, in ms. */
const stoppedMs = 10 * 60_000;

export function isMoving(artifact: Pick<Artifact, "kind" | "data" | "updatedAt">): boolean {
  if (artifact.kind !== "progress" || Date.now() - artifact.updatedAt > stoppedMs) return false;
  const value = toProgress(readData(artifact));
  return value !== null && value < 1;
}

/** A progress is short: its row has all of it. */
export const isRowMoving = ({ kind, preview, updatedAt }: ArtifactRow): boolean =>
  isMoving({ kind, data: preview, updatedAt });
