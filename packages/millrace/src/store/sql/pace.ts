/**
 * How much a statement takes on at a time. SQLite answers within the call: as long as a statement goes through a million
 * rows, the server answers nobody else. So what may take long is done in parts, and between two of them others go on.
 */

import type { Clock } from "../../kit/clock.ts";

export interface Pace {
  /** Rows that the next statement goes through at most. */
  readonly rows: number;
  /** So many are gone through at once, where there are no more: counting them costs less than looking where parts end. */
  readonly atOnce?: number;
  /** Lets others go on. */
  rest(): Promise<void>;
}

/** Others wait about so long at most, in ms. */
const partMs = 15;
const firstRows = 5000;
const leastRows = 250;
const mostRows = 20_000;

/** Rows are of any length, so how many fit in a part is told from the part before. */
export function startPace(clock: Pick<Clock, "monotonic">): Pace {
  let rows = firstRows;
  let startedAt = clock.monotonic();
  return {
    get rows() {
      return rows;
    },
    async rest() {
      const fits = (rows * partMs) / Math.max(clock.monotonic() - startedAt, 1);
      // Something else on the machine may have taken the time, so it is changed by little at once.
      rows = Math.round(Math.min(Math.max(fits, rows / 2, leastRows), rows * 2, mostRows));
      await new Promise((resolve) => void setImmediate(resolve));
      startedAt = clock.monotonic();
    },
  };
}

/** For a database that others are answered by meanwhile: parts keep statements short, and nobody waits for them. */
export const steadyPace: Pace = { rows: 100_000, atOnce: 1_000_000, rest: () => Promise.resolve() };
