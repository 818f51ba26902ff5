import type { IntervalSchedule } from "../../contract/schedules.ts";
import { dayMs } from "./calendar.ts";
import { fromWall, toWall, zoneOf } from "./zone.ts";

/** Midnight of 1 January 2020, by the wall: where an interval without an anchor, or a recurrence without DTSTART, begins. */
export const defaultStartWallMs = Date.UTC(2020, 0, 1);

/**
 * The times of an interval after `afterMs`, ascending. Below one day: anchor + n × interval of elapsed time. From one day
 * on: the wall's time of the anchor + n × interval, so that it keeps its hour; a time that the clocks jump over comes
 * later on that day only, and one that they show twice is the first.
 */
export function* intervalTimes(spec: IntervalSchedule, afterMs: number): Generator<number, void> {
  const { everyMs } = spec;
  const zone = zoneOf(spec.timezone ?? "UTC");
  const anchorMs = intervalAnchor(spec);
  if (everyMs < dayMs) {
    for (let atMs = anchorMs + (Math.floor((afterMs - anchorMs) / everyMs) + 1) * everyMs; ; atMs += everyMs)
      yield atMs;
  }
  const anchorWallMs = toWall(zone, anchorMs);
  // Two earlier than the wall tells: a time that was moved by the clocks is at most a day after its place.
  const index = Math.floor((toWall(zone, afterMs) - anchorWallMs) / everyMs) - 2;
  let previousMs = afterMs;
  for (let wallMs = anchorWallMs + index * everyMs; ; wallMs += everyMs) {
    const atMs = fromWall(zone, wallMs);
    if (atMs <= previousMs) continue;
    previousMs = atMs;
    yield atMs;
  }
}

/** What the times of an interval are counted from, in ms UTC. */
export function intervalAnchor(spec: IntervalSchedule): number {
  return spec.anchorAt ?? fromWall(zoneOf(spec.timezone ?? "UTC"), defaultStartWallMs);
}
