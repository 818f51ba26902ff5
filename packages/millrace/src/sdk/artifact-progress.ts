import { progressData } from "./artifact-data.ts";
import { type ArtifactOptions, recordArtifact } from "./record-artifact.ts";

export interface ProgressOptions extends ArtifactOptions {
  /** Where it begins, from 0 to 1. Default 0. */
  readonly value?: number;
}

/** A progress that moves while the work goes on. */
export interface Progress {
  /** Id of the artifact. */
  readonly id: string;
  /** The value it was given last, from 0 to 1. */
  readonly value: number;
  /**
   * Moves it, in steps of a thousandth: however often a loop calls this, there are few writes, and what it came to last is
   * recorded before its task is. It does not wait for the write, except for that of 1.
   *
   * @throws ARTIFACT_INVALID for what is no number from 0 to 1
   */
  update(value: number): Promise<void>;
}

export async function startProgress({ value = 0, ...options }: ProgressOptions): Promise<Progress> {
  const { runtime, artifact } = await recordArtifact("progress", progressData(value), options);
  const logger = runtime.current()?.logger;
  let given = value;
  let recorded = artifact.data;
  let hasFailed = false;

  const onFailure = (error: unknown): void => {
    if (!hasFailed) logger?.warn(`The progress ${artifact.key ?? artifact.id} cannot be recorded: ${String(error)}`);
    hasFailed = true;
  };

  return {
    id: artifact.id,
    get value() {
      return given;
    },
    async update(next) {
      const data = progressData(next);
      given = next;
      if (data === recorded) return;
      recorded = data;
      // No timer holds a value back: a body in a thread or a process may have ended before it rings.
      const written = runtime.recordArtifact({ ...artifact, data, updatedAt: runtime.clock.now() });
      if (next === 1) await written;
      else written.catch(onFailure);
    },
  };
}
