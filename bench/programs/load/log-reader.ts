/**
 * Looks at a server as a page does, until its parent says that it is over: the list of runs, and the log of one run that is
 * followed. node log-reader.ts URL RUN-ID, forked.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "millrace/client";

export interface LogReading {
  /** Of the list of runs, asked every 100 ms. */
  readonly listP99Ms: number;
  readonly listMaxMs: number;
  /** From when a line was written until it was read, for all lines of the run that is followed. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

const listEveryMs = 100;
/** As the log on a run's page does. */
const followEveryMs = 1000;
const followLimit = 2000;

const [url = "", followed = ""] = process.argv.slice(2);
const client = createClient({ url });
let isOver = false;
process.on("message", () => {
  isOver = true;
});
// Whoever asked for it is gone.
process.on("disconnect", () => process.exit());

async function list(): Promise<number[]> {
  const tookMs: number[] = [];
  while (!isOver) {
    const startedAt = performance.now();
    await client.listFlowRuns({}, "created-desc", { limit: 50 });
    tookMs.push(performance.now() - startedAt);
    await sleep(Math.max(0, listEveryMs - (performance.now() - startedAt)));
  }
  return tookMs;
}

async function follow(): Promise<number[]> {
  const lagsMs: number[] = [];
  let afterSeq = 0;
  for (let isDone = false; !isDone; ) {
    // Once more when it is over: lines that were not read then are late too.
    const isLast = isOver;
    const { items } = await client.listLogs({ flowRunIds: [followed], afterSeq }, { limit: followLimit });
    for (const { at } of items) lagsMs.push(performance.timeOrigin + performance.now() - at);
    afterSeq = items.at(-1)?.seq ?? afterSeq;
    const isAll = items.length < followLimit;
    isDone = isLast && isAll;
    if (isAll && !isDone) await sleep(followEveryMs);
  }
  return lagsMs;
}

process.send?.("ready");
const [lists, lags] = (await Promise.all([list(), follow()])).map((samples) => samples.toSorted((a, b) => a - b));
const at = (samples: readonly number[] = [], share: number): number =>
  samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? 0;
const reading: LogReading = {
  listP99Ms: at(lists, 0.99),
  listMaxMs: at(lists, 1),
  lagP99Ms: at(lags, 0.99),
  lagMaxMs: at(lags, 1),
};
process.send?.(reading, () => process.exit());
