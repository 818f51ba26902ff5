/** One seed: a program is drawn and run undisturbed, then run again through drawn faults; what is left is judged. */

import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../packages/millrace/src/kit/random.ts";
import { drawFaults, type Fault } from "./draw-faults.ts";
import { drawPlan } from "./draw-plan.ts";
import { judge } from "./judge.ts";
import type { Database } from "./ledger-under-test.ts";
import { factsOf } from "./plan-facts.ts";
import type { Plan } from "./plan.ts";
import { type Generation, type ProgramRun, runProgram } from "./program-run.ts";

export interface SeedOutcome {
  readonly seed: number;
  readonly database: Database;
  readonly plan: Plan;
  readonly faults: readonly Fault[];
  readonly generations: readonly Generation[];
  readonly violations: readonly string[];
  /** What is left of the runs; deleted when there is no violation. */
  readonly folder: string;
}

export async function driveSeed(seed: number, database: Database): Promise<SeedOutcome> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-chaos-${seed}-`));
  const random = createRandom(`${database} ${seed}`);
  const plan = drawPlan(seed, random);
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  const program = ["planned.ts", planFile] as const;
  const facts = factsOf(plan);
  const outcome = { seed, database, plan, folder };

  const calm = await runProgram({ program, database, folder: join(folder, "undisturbed"), faults: [] });
  const { value, violations } = await judgeAndDrop(calm, facts, null);
  if (violations.length > 0) {
    const undisturbed = violations.map((violation) => `undisturbed: ${violation}`);
    return { ...outcome, faults: [], generations: calm.generations, violations: undisturbed };
  }

  const faults = drawFaults(random, calm.counts);
  const options = { program, database, folder: join(folder, "disturbed"), faults, undisturbedMs: calm.tookMs };
  const shaken = await runProgram(options);
  const judged = await judgeAndDrop(shaken, facts, value);
  if (judged.violations.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { ...outcome, faults, generations: shaken.generations, violations: judged.violations };
}

async function judgeAndDrop(run: ProgramRun, facts: ReturnType<typeof factsOf>, expected: string | null) {
  const { ledger, generations, effects } = run;
  const rows = generations.at(-1)?.rows;
  if (rows === undefined) throw new Error("a program has at least one process");
  try {
    return await judge({ generations, effects, rows, ...facts }, { ledger, expected });
  } finally {
    await ledger.drop();
  }
}
