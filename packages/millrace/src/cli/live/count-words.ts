/** Counts of task runs in words: "8 running · 2 retries · 1 failed". */

import { formatCount, plural } from "../output/numbers.ts";
import type { Look } from "../output/look.ts";
import type { Outcome } from "./outcome.ts";
import type { Totals } from "./tree-model.ts";

type Counts = Readonly<Record<Outcome, number>>;

/** What a row says beside its count: nothing while all of it simply ran. Most important first. */
export function rowWords(row: { readonly counts: Counts; readonly retries: number }, { paint }: Look): string[] {
  const { counts, retries } = row;
  const words: string[] = [];
  const say = (count: number, word: string): void => {
    if (count > 0) words.push(word);
  };
  say(counts.failed, paint.red(`${formatCount(counts.failed)} failed`));
  say(counts.running, paint.blue(`${formatCount(counts.running)} running`));
  say(counts.retrying, paint.yellow(`${formatCount(counts.retrying)} to retry`));
  say(retries, paint.yellow(plural(retries, "retry", "retries")));
  say(counts["not-run"], `${formatCount(counts["not-run"])} not run`);
  say(counts.cancelled, `${formatCount(counts.cancelled)} cancelled`);
  say(counts.cached, paint.dim(`${formatCount(counts.cached)} cached`));
  say(counts.recorded, paint.dim(`${formatCount(counts.recorded)} from the record`));
  return words;
}

/** What the end of a run says: "1,001 tasks: 988 ran, 12 cached, 1 failed, 2 retries; 1 subflow; 3 artifacts". */
export function totalWords(totals: Totals): string {
  const { all, subflows, steps, artifacts } = totals;
  const words: string[] = [];
  const isEmpty = all + subflows + steps === 0;
  if (all > 0 || isEmpty) words.push(taskWords(totals));
  if (subflows > 0) words.push(plural(subflows, "subflow"));
  if (steps > 0) words.push(plural(steps, "step"));
  if (artifacts > 0) words.push(plural(artifacts, "artifact"));
  return words.join("; ");
}

function taskWords({ counts, all, retries }: Totals): string {
  const parts: readonly (readonly [number, string])[] = [
    [counts.completed, "ran"],
    [counts.cached, "cached"],
    [counts.recorded, "from the record"],
    [counts.failed, "failed"],
    [counts.cancelled, "cancelled"],
    [counts["not-run"], "not run"],
    [counts.waiting + counts.running + counts.retrying, "not finished"],
  ];
  const words = parts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`]));
  if (retries > 0) words.push(plural(retries, "retry", "retries"));
  return all === 0 ? "no tasks" : `${plural(all, "task")}: ${words.join(", ")}`;
}
