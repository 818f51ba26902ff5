/** The ledgers that the dashboard is tested and looked at with. Each is the same whenever it is made, but for its times. */

import { fillBroken } from "./broken.ts";
import { fillHostile } from "./hostile.ts";
import { fillBigRun, fillLongLog, fillManyRuns } from "./many.ts";
import { runIdOf } from "./run-spec.ts";
import { fillLedger, type SeedLedger, type SeedOptions } from "./seed-ledger.ts";
import { fillSmall } from "./small.ts";

interface Seed {
  readonly what: string;
  readonly fill: (ledger: SeedLedger) => Promise<void>;
}

const bigRun = { flow: "backfill", name: "big-run", taskRuns: 10_000 };
const hugeRun = { flow: "backfill", name: "huge-run", taskRuns: 100_000 };

export const seeds = {
  empty: { what: "nothing", fill: async () => undefined },
  small: { what: "a team's work of a day: every kind of object, and runs in every state", fill: fillSmall },
  "big-run": { what: "a run of 10,000 task runs, with nested ones and subflows", fill: fillBigRun(bigRun) },
  "huge-run": { what: "a run of 100,000 task runs", fill: fillBigRun(hugeRun) },
  "many-runs": { what: "100,000 runs of 50 flows", fill: fillManyRuns(100_000) },
  "long-log": { what: "a run with a million log lines", fill: fillLongLog(1_000_000) },
  broken: { what: "runs that failed, crashed, timed out, are late or stuck", fill: fillBroken },
  hostile: { what: "scripts and awkward texts in every field", fill: fillHostile },
} as const satisfies Readonly<Record<string, Seed>>;

export type SeedName = keyof typeof seeds;

export const isSeedName = (name: string): name is SeedName => Object.hasOwn(seeds, name);

/** Runs that specs open. */
export const seededRuns = {
  golden: runIdOf("daily-sales", "golden-heron"),
  failed: runIdOf("train-model", "crimson-newt"),
  running: runIdOf("train-model", "patient-otter"),
  asks: runIdOf("release", "release-1-4-0"),
  big: runIdOf(bigRun.flow, bigRun.name),
  huge: runIdOf(hugeRun.flow, hugeRun.name),
  longLog: runIdOf("mirror", "long-log"),
} as const;

/** Fills the ledger of a home, which is made. */
export function seed(name: SeedName, options: SeedOptions): Promise<void> {
  return fillLedger(options, seeds[name].fill);
}
