/** Runs a program undisturbed, then again through drawn faults, and judges what is left of both. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../packages/millrace/src/kit/random.ts";
import { drawFaults, type Fault } from "./draw-faults.ts";
import { judge, type Judgement } from "./judge.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { type Generation, type ProgramOptions, type ProgramRun, runProgram } from "./program-run.ts";

export interface DriveOptions extends Omit<ProgramOptions, "faults" | "undisturbedMs"> {
  readonly random: Random;
  readonly facts: PlanFacts;
}

export interface DriveOutcome {
  readonly faults: readonly Fault[];
  readonly generations: readonly Generation[];
  readonly violations: readonly string[];
  /** What is left of the runs; deleted when there is no violation. */
  readonly folder: string;
}

export async function drive({ random, facts, folder, ...program }: DriveOptions): Promise<DriveOutcome> {
  const calm = await runProgram({ ...program, folder: join(folder, "undisturbed"), faults: [] });
  const { value, violations } = await judgeAndDrop(calm, facts, null);
  if (violations.length > 0) {
    const undisturbed = violations.map((violation) => `undisturbed: ${violation}`);
    return { folder, faults: [], generations: calm.generations, violations: undisturbed };
  }
  const faults = drawFaults(random, calm.counts);
  const undisturbedMs = calm.tookMs / calm.generations.length;
  const shaken = await runProgram({ ...program, folder: join(folder, "disturbed"), faults, undisturbedMs });
  const judged = await judgeAndDrop(shaken, facts, value);
  if (judged.violations.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { folder, faults, generations: shaken.generations, violations: judged.violations };
}

async function judgeAndDrop(run: ProgramRun, facts: PlanFacts, expected: string | null): Promise<Judgement> {
  const { ledger, generations, effects } = run;
  const rows = generations.at(-1)?.rows;
  if (rows === undefined) throw new Error("a program has at least one process");
  try {
    return await judge({ generations, effects, rows, ...facts }, { ledger, expected });
  } finally {
    await ledger.drop();
  }
}
