/** What flows wrote of themselves, outside of any ledger, and what follows from it. */

import { existsSync, readFileSync } from "node:fs";

export interface Entry {
  readonly what: string;
  readonly flow: string;
  readonly run: string;
  readonly pid: number;
  /** In ms UTC. */
  readonly at: number;
}

/** From `from` until `to`, in ms UTC. */
export interface Span {
  readonly run: string;
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

export function readDiary(file: string): readonly Entry[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Entry);
}

/** Each time that something was done. What was cut off went on until its run was seen to have ended. */
export function spansOf(
  diary: readonly Entry[],
  { what, endOf }: { readonly what: string; readonly endOf: (run: string) => number },
): readonly Span[] {
  return diary
    .filter((entry) => entry.what === `${what} begins`)
    .map(({ run, pid, at }) => {
      const end = diary.find((entry) => entry.what === `${what} ends` && entry.run === run && entry.pid === pid);
      return { run, pid, from: at, to: end?.at ?? endOf(run) };
    });
}

/** How many there were at the same time, at most. What ends in the millisecond in which another begins is not beside it. */
export function mostAtOnce(spans: readonly Span[]): number {
  const changes = spans.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: Math.max(from, to), by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
