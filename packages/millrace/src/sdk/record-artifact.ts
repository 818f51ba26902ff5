import type { Artifact, ArtifactKind } from "../contract/records.ts";
import type { Runtime } from "../contract/runtime.ts";
import { checkArtifactKey } from "./artifact-data.ts";
import { callId } from "./call-id.ts";
import { loadRuntime } from "./runtime.ts";

export interface ArtifactOptions {
  /** Makes a series: each run adds a version. Lower-case letters, digits and dashes. Default: it stands alone. */
  readonly key?: string;
  /** Says what it is, in a line. */
  readonly description?: string;
}

/** Records an artifact of the running code, or of nobody outside a run. The id is fixed before anything is awaited. */
export async function recordArtifact(
  kind: ArtifactKind,
  data: string,
  options: ArtifactOptions,
): Promise<{ readonly runtime: Runtime; readonly artifact: Artifact }> {
  checkArtifactKey(options.key);
  const loading = loadRuntime();
  const runtime = loading instanceof Promise ? await loading : loading;
  const context = runtime.current();
  const key = options.key ?? null;
  const at = runtime.clock.now();
  const artifact: Artifact = {
    id: callId(runtime, `artifact:${kind}:${key ?? ""}`),
    key,
    kind,
    description: options.description ?? null,
    data,
    flowRunId: context?.flowRun?.id ?? null,
    taskRunId: context?.taskRun?.id ?? null,
    createdAt: at,
    updatedAt: at,
  };
  await runtime.recordArtifact(artifact);
  return { runtime, artifact };
}
