/**
 * Whether anything was recorded in the ledger: one short question for all loops, which need not ask theirs as long as nothing
 * was, and nothing is due. Everything that changes a run or an object writes an event with it, and numbers of events grow; so
 * what other servers wrote is seen too, at the next beat.
 *
 *   beating: asks every `everyMs`, and at once when woken ──the newest number has grown──▶ `version` grows, and who waits goes on
 */

import type { Api } from "../contract/api.ts";
import { findLastSeq } from "../contract/last-event.ts";
import type { Clock, Timer } from "../kit/clock.ts";

export interface Pulse {
  /** Grows when something was recorded. */
  readonly version: number;
  /** Whether anybody waits for it to grow. */
  readonly isAwaited: boolean;
  /** Resolves when it has grown beyond this one, or at this time in ms UTC (null: no time), or when the signal is aborted. */
  waitBeyond(version: number, options: { readonly until: number | null; readonly signal: AbortSignal }): Promise<void>;
  /** Looks whether something was recorded. Where that cannot be seen it is taken for so. */
  beat(): Promise<void>;
}

/** Events read in a beat; where there are more the newest number is looked for. */
const pageSize = 100;
/** How long a time is waited for without a look at the wall clock, in ms. */
const longestWaitMs = 5000;

export function createPulse({ api, clock }: { readonly api: Pick<Api, "listEvents">; readonly clock: Clock }): Pulse {
  const waiting = new Set<() => void>();
  let version = 0;
  let seq: number | null = null;

  function grow(): void {
    version++;
    for (const resolve of waiting) resolve();
  }

  /** The newest number, as far as it can be told from what came after the one that is known. */
  async function findNewest(known: number): Promise<number> {
    const { items } = await api.listEvents({ afterSeq: known }, { limit: pageSize });
    return items.length < pageSize ? (items.at(-1)?.seq ?? known) : findLastSeq(api);
  }

  return {
    get version() {
      return version;
    },
    get isAwaited() {
      return waiting.size > 0;
    },
    waitBeyond: (known, { until, signal }) =>
      new Promise((resolve) => {
        if (version > known || signal.aborted) return resolve();
        let timer: Timer | null = null;
        /** A wall clock that is set, or a machine that slept, is seen after a while. */
        function waitFor(time: number): void {
          const leftMs = time - clock.now();
          if (leftMs <= 0) return end();
          timer = clock.setTimer(Math.min(leftMs, longestWaitMs), () => waitFor(time), { background: true });
        }
        function end(): void {
          waiting.delete(end);
          timer?.cancel();
          signal.removeEventListener("abort", end);
          resolve();
        }
        signal.addEventListener("abort", end, { once: true });
        waiting.add(end);
        if (until !== null) waitFor(until);
      }),
    async beat() {
      try {
        const newest = seq === null ? await findLastSeq(api) : await findNewest(seq);
        if (newest === seq) return;
        seq = newest;
        grow();
      } catch (error) {
        grow();
        throw error;
      }
    },
  };
}
