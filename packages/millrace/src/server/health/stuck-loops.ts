/** Which loops do not go round as they should: what a server looks after is looked after no more. */

import type { LoopStatus, ReadinessProblem } from "../../contract/wire/server-description.ts";
import { formatDuration } from "../../kit/duration.ts";

/** A loop is stuck when a tick is late, or goes on, for so many of its periods, and for this long at least, in ms. */
const maxPeriods = 10;
const leastLateMs = 60_000;

/** @param now in ms UTC */
export function findStuckLoops(loops: readonly LoopStatus[], now: number): readonly ReadinessProblem[] {
  return loops.flatMap((loop): readonly ReadinessProblem[] => {
    const reason = whyStuck(loop, now);
    return reason === null ? [] : [{ part: "loop", name: loop.name, code: null, reason }];
  });
}

function whyStuck({ everyMs, startedAt, endedAt, lagMs }: LoopStatus, now: number): string | null {
  const limitMs = Math.max(everyMs * maxPeriods, leastLateMs);
  if (lagMs > limitMs) return `its next tick is late by ${formatDuration(lagMs)}`;
  const tickMs = startedAt === null || endedAt !== null ? 0 : now - startedAt;
  return tickMs > limitMs ? `its tick has gone on for ${formatDuration(tickMs)}` : null;
}
