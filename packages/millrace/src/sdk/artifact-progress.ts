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
   * Moves it. Values that follow each other fast are not all recorded, five a second at most, but the last one always is:
   * 1 at once, another within 200 ms. So that this costs a loop nothing, it waits for what is recorded now, and not for what
   * is recorded later.
   *
   * @throws ARTIFACT_INVALID for what is no number from 0 to 1
   */
  update(value: number): Promise<void>;
}

const minIntervalMs = 200;

export async function startProgress({ value = 0, ...options }: ProgressOptions): Promise<Progress> {
  const { runtime, artifact } = await recordArtifact("progress", progressData(value), options);
  const context = runtime.current();
  let newest = { value, data: artifact.data };
  let recorded = newest;
  let recordedAt = artifact.createdAt;
  let isLaterPlanned = false;

  const record = async (): Promise<void> => {
    if (recorded === newest) return;
    recorded = newest;
    recordedAt = runtime.clock.now();
    await runtime.recordArtifact({ ...artifact, data: newest.data, updatedAt: recordedAt });
  };

  const recordLater = async (delayMs: number): Promise<void> => {
    isLaterPlanned = true;
    try {
      // A run that is told to stop does not wait; what it has come to is recorded still.
      await runtime.clock.sleep(delayMs, context?.signal).catch(() => undefined);
      isLaterPlanned = false;
      await record();
    } catch (error) {
      // Nobody waits for this write, and the work goes on without it.
      context?.logger.warn(`The progress ${artifact.key ?? artifact.id} could not be recorded: ${String(error)}`);
    }
  };

  return {
    id: artifact.id,
    get value() {
      return newest.value;
    },
    async update(next) {
      newest = { value: next, data: progressData(next) };
      const delayMs = recordedAt + minIntervalMs - runtime.clock.now();
      if (next === 1 || delayMs <= 0) return record();
      if (!isLaterPlanned) void recordLater(delayMs);
    },
  };
}
