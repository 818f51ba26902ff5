/** Time as places on a canvas, and back. Idle time may be folded away, so a place is not always as long as another. */

/** Times in ms since the epoch, as busy time: ms from the beginning with what is folded left out. */
export interface Fold {
  toBusy(time: number): number;
  fromBusy(busy: number): number;
  /** Where something is folded away: at this busy time, so many ms. */
  readonly gaps: readonly { readonly busy: number; readonly ms: number }[];
}

/** Nothing is folded. */
export function openFold(origin: number): Fold {
  return { toBusy: (time) => time - origin, fromBusy: (busy) => busy + origin, gaps: [] };
}

/** What is left of a gap that is folded away, as part of the busy time around it. */
const gapPart = 0.02;
/** Gaps shorter than this part of the whole stay. */
const leastGapPart = 0.05;

/**
 * Folds the times away in which nothing runs.
 *
 * @param spans sorted by their beginnings
 */
export function foldIdle(spans: readonly (readonly [from: number, to: number])[], origin: number): Fold {
  const last = spans.reduce((latest, [, to]) => Math.max(latest, to), origin);
  const idle: { from: number; to: number }[] = [];
  let until = origin;
  for (const [from, to] of spans) {
    if (from > until && from - until > (last - origin) * leastGapPart) idle.push({ from: until, to: from });
    until = Math.max(until, to);
  }
  if (idle.length === 0) return openFold(origin);
  const idleMs = idle.reduce((sum, { from, to }) => sum + to - from, 0);
  const shownMs = Math.max(last - origin - idleMs, 1) * gapPart;
  // Knots of a piecewise linear map, by time and by busy time.
  const times = [origin];
  const busies = [0];
  const gaps: { busy: number; ms: number }[] = [];
  let busy = 0;
  let time = origin;
  for (const { from, to } of idle) {
    busy += from - time;
    times.push(from);
    busies.push(busy);
    gaps.push({ busy: busy + shownMs / 2, ms: to - from });
    busy += shownMs;
    times.push(to);
    busies.push(busy);
    time = to;
  }
  return { toBusy: (at) => through(times, busies, at), fromBusy: (at) => through(busies, times, at), gaps };
}

/** Piecewise linear through the knots, and on with the slope 1 beyond them. */
function through(from: readonly number[], to: readonly number[], at: number): number {
  const next = from.findIndex((knot) => knot > at);
  const [first = 0, firstTo = 0] = [from[0], to[0]];
  if (next === 0) return firstTo + (at - first);
  const last = next === -1 ? from.length - 1 : next - 1;
  const [knot = 0, knotTo = 0] = [from[last], to[last]];
  if (next === -1) return knotTo + (at - knot);
  const [end = knot, endTo = knotTo] = [from[next], to[next]];
  return end === knot ? knotTo : knotTo + ((at - knot) / (end - knot)) * (endTo - knotTo);
}

/** A window of busy time over the width of a canvas. */
export interface TimeScale {
  /** Busy time at the left and at the right. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly fold: Fold;
}

export const toX = ({ from, to, width, fold }: TimeScale, time: number): number =>
  ((fold.toBusy(time) - from) / (to - from)) * width;

export const toTime = ({ from, to, width, fold }: TimeScale, x: number): number =>
  fold.fromBusy(from + (x / width) * (to - from));

/** The shortest window, in ms: a nanosecond is not told apart from another. */
const leastWindowMs = 0.01;

/** Closer around a place, or further from it. A factor above 1 is closer. */
export function zoomAt(scale: TimeScale, x: number, factor: number): TimeScale {
  const at = scale.from + (x / scale.width) * (scale.to - scale.from);
  const span = Math.max((scale.to - scale.from) / factor, leastWindowMs);
  const part = x / scale.width;
  return { ...scale, from: at - span * part, to: at + span * (1 - part) };
}

/** Kept where there is something: it never leaves the extent, and is never wider than it. */
export function clampTo(scale: TimeScale, extent: { readonly from: number; readonly to: number }): TimeScale {
  const span = Math.min(scale.to - scale.from, extent.to - extent.from);
  const from = Math.min(Math.max(scale.from, extent.from), extent.to - span);
  return { ...scale, from, to: from + span };
}

const stepsMs = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000,
  120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000,
  172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000,
];

/** Busy times that are whole steps from the beginning, some `spacing` pixels apart. */
export function ticksOf(
  { from, to, width }: TimeScale,
  spacing = 110,
): { readonly stepMs: number; readonly ticks: readonly number[] } {
  const least = ((to - from) / width) * spacing;
  const stepMs = stepsMs.find((step) => step >= least) ?? Math.ceil(least / 2_592_000_000) * 2_592_000_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / stepMs) * stepMs; tick <= to; tick += stepMs) ticks.push(tick);
  return { stepMs, ticks };
}
