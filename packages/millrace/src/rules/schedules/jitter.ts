import { createRandom } from "../../kit/random.ts";

/**
 * How much after its due time a run of a schedule starts, in whole ms of 0 to `jitterMs`. The same for one schedule and
 * due time wherever it is asked, so that two servers agree; spread evenly over schedules and times.
 */
export function jitterOf(options: {
  readonly scheduleId: string;
  readonly dueMs: number;
  readonly jitterMs: number;
}): number {
  const { scheduleId, dueMs, jitterMs } = options;
  if (jitterMs <= 0) return 0;
  return Math.floor(createRandom(`${scheduleId} ${dueMs}`)() * (jitterMs + 1));
}
