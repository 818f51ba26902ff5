import type { LoopStatus } from "millrace/client";

/** A loop is late when its next tick is so many times its rest behind, and at least so many ms. */
const lateTimes = 3;
const lateMs = 5000;

export interface LoopHealth {
  readonly state: "fine" | "late" | "failing" | "waiting";
  /** A sentence. */
  readonly why: string;
}

export function healthOfLoop(loop: LoopStatus): LoopHealth {
  const { startedAt, lagMs, everyMs, lastError } = loop;
  if (startedAt === null) return { state: "waiting", why: "It has not had its first turn yet." };
  // One that has gone on since does not count.
  const hasFailed = lastError !== null && lastError.at >= startedAt;
  if (hasFailed) return { state: "failing", why: `Its last turn failed: ${lastError.message}` };
  if (lagMs > Math.max(lateMs, everyMs * lateTimes)) {
    return { state: "late", why: "Its next turn should have begun by now: the server is busy, or the turn hangs." };
  }
  return { state: "fine", why: "It has its turns in time." };
}
