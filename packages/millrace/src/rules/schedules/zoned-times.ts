import { dayMs } from "./calendar.ts";
import type { StepBudget } from "./step-budget.ts";
import type { WallTimes } from "./wall-times.ts";
import type { Zone, ZoneSpan } from "./zone.ts";

/**
 * The times UTC after `afterMs` at which the clock of a zone shows what a rule names, ascending and without doubles.
 *
 * - A wall time that the clocks jump over comes as much later as they jumped, so that no run is lost; where that is
 *   another time of the rule, there is one.
 * - A wall time that the clocks show twice counts at the first; a rule that repeats has both.
 *
 * Both are decided by the span of one offset that a time lies in, so they do not depend on where a search begins.
 */
export function* zonedTimes(options: {
  readonly rule: WallTimes;
  readonly zone: Zone;
  readonly afterMs: number;
  readonly budget: StepBudget;
}): Generator<number, void> {
  const { rule, zone, budget } = options;
  let fromMs = options.afterMs + 1;
  for (;;) {
    const span = zone.spanAt(fromMs);
    let lastMs = fromMs;
    let nextMs: number | undefined;
    for (const atMs of timesOfSpan({ rule, span, fromMs, budget })) {
      if (atMs >= span.endMs) {
        nextMs = atMs;
        break;
      }
      lastMs = atMs;
      yield atMs;
    }
    if (nextMs === undefined && lastMs === fromMs) return;
    // Years without a time are passed over, but not the end of a span whose last times may be shown once more.
    const mayRepeat = rule.repeats && lastMs >= span.endMs - dayMs;
    fromMs = nextMs === undefined || mayRepeat ? span.endMs : Math.max(span.endMs, nextMs - 2 * dayMs);
  }
}

/** The times of a span, from `fromMs` in it, and perhaps one after it, which says that the rule goes on. */
function timesOfSpan(options: {
  readonly rule: WallTimes;
  readonly span: ZoneSpan;
  readonly fromMs: number;
  readonly budget: StepBudget;
}): Iterable<number> {
  const { rule, span, fromMs, budget } = options;
  const { startMs, offsetMs, previousOffsetMs } = span;
  const forwardMs = offsetMs - previousOffsetMs;
  if (forwardMs > 0 && fromMs < startMs + forwardMs) {
    const gapEndWallMs = startMs + offsetMs;
    const skipped = shifted(rule.from(fromMs + previousOffsetMs, budget), -previousOffsetMs, gapEndWallMs);
    return merged(skipped, shifted(rule.from(fromMs + offsetMs, budget), -offsetMs));
  }
  const isSecondShowing = forwardMs < 0 && !rule.repeats;
  const firstMs = isSecondShowing ? Math.max(fromMs, startMs - forwardMs) : fromMs;
  return shifted(rule.from(firstMs + offsetMs, budget), -offsetMs);
}

function* shifted(
  walls: Iterator<number, void>,
  byMs: number,
  endWallMs = Number.POSITIVE_INFINITY,
): Generator<number, void> {
  for (let next = walls.next(); next.done !== true && next.value < endWallMs; next = walls.next())
    yield next.value + byMs;
}

/** Two ascending lists as one, without doubles. */
function* merged(left: Iterator<number, void>, right: Iterator<number, void>): Generator<number, void> {
  let [a, b] = [left.next().value, right.next().value];
  while (a !== undefined || b !== undefined) {
    const least = Math.min(a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY);
    yield least;
    if (a === least) a = left.next().value;
    if (b === least) b = right.next().value;
  }
}
