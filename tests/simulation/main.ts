/**
 * `npm run simulate [-- --seeds N] [--from S] [--seed S [--trace]]`: drives seeds and prints what failed, how fast it went, and how
 * often each fault has struck. A seed alone is printed with its hash, and with `--trace` with all that happened in it.
 */

import { parseArgs } from "node:util";
import { type DoneSeed, driveSeeds } from "./drive-seeds.ts";
import { reportSeed } from "./report.ts";
import { runSeed } from "./run-seed.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

/** Failures that are printed in full. */
const maxReports = 10;

function wholeNumber(text: string, name: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name}: ${text} is not a whole number`);
  return Number(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printCounts(counts: ReadonlyMap<string, number>): void {
  for (const [name, times] of [...counts].sort(([a], [b]) => a.localeCompare(b)))
    print(`${String(times).padStart(9)}  ${name}`);
}

async function driveOne(seed: number): Promise<boolean> {
  await runSeed({ seed: 0 });
  const outcome = await runSeed({ seed, tailLines: Number.MAX_SAFE_INTEGER });
  if (values.trace) for (const line of outcome.tail) print(line);
  for (const { where, error } of values.trace ? outcome.history.troubles : []) print(`${where}: ${String(error)}`);
  printCounts(outcome.counts);
  print(
    `Seed ${seed}: hash ${outcome.hash}, ${outcome.traced} lines, ${Math.round(outcome.elapsedMs)} ms in its world`,
  );
  for (const violation of outcome.violations) print(`  - ${violation}`);
  return outcome.violations.length === 0;
}

async function driveMany(first: number, count: number): Promise<boolean> {
  const startedAt = performance.now();
  let done = 0;
  let reports = 0;
  const onSeed = (seed: DoneSeed): void => {
    if (seed.violations.length > 0 && ++reports <= maxReports) print(`\n${reportSeed(seed)}\n`);
    if (++done % 1000 === 0) print(`${done} of ${count} seeds`);
  };
  const { failed, counts } = await driveSeeds({ first, count }, { onSeed });
  if (failed.length > 0) print(`Seeds that failed: ${failed.map(({ seed }) => seed).join(", ")}`);
  printCounts(counts);
  const seconds = (performance.now() - startedAt) / 1000;
  print(`${count} seeds in ${seconds.toFixed(1)} s: ${(count / seconds).toFixed(1)} seeds/s. ${failed.length} failed.`);
  return failed.length === 0;
}

const isClean = await (values.seed === undefined
  ? driveMany(wholeNumber(values.from, "from"), wholeNumber(values.seeds, "seeds"))
  : driveOne(wholeNumber(values.seed, "seed")));
process.exitCode = isClean ? 0 : 1;
