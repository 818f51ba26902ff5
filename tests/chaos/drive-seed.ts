/**
 * One seed: a program is drawn and run undisturbed; then it is run again, killed at drawn places, gone on with by
 * `millrace flow-run resume`, killed again, and in the end left to finish. What remains is held against the invariants.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../packages/millrace/src/kit/random.ts";
import { drawFaults, type Fault, type PointCounts } from "./draw-faults.ts";
import { drawPlan } from "./draw-plan.ts";
import { countsVariable, crashVariable } from "./fixtures/crash-point.ts";
import { effectsVariable, generationVariable, readEffects } from "./fixtures/effects.ts";
import { type Evidence, findViolations } from "./invariants/find-violations.ts";
import { createLedger, type Database, type LedgerUnderTest } from "./ledger-under-test.ts";
import type { Plan } from "./plan.ts";
import { fixture, type ProcessEnd, startCommand, startNode, type StartedProcess } from "./processes.ts";
import type { Rows } from "./rows.ts";

/** One process that the run went through. */
export interface Generation {
  /** Null when it was left to finish. */
  readonly fault: Fault | null;
  readonly end: ProcessEnd;
  /** What the ledger held when it had ended. */
  readonly rows: Rows;
}

export interface SeedOutcome {
  readonly seed: number;
  readonly database: Database;
  readonly plan: Plan;
  readonly generations: readonly Generation[];
  readonly violations: readonly string[];
  /** Kept when there are violations. */
  readonly folder: string;
}

const preloads = ["install-crash-points.ts"];

export async function driveSeed(seed: number, database: Database): Promise<SeedOutcome> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-chaos-${seed}-`));
  const random = createRandom(`${database} ${seed}`);
  const plan = drawPlan(seed, random);
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  const undisturbed = new ProgramRun({ folder: join(folder, "undisturbed"), planFile });
  const disturbed = new ProgramRun({ folder: join(folder, "disturbed"), planFile });
  const violations: string[] = [];
  let generations: readonly Generation[] = [];
  try {
    const calm = await undisturbed.go(database, []);
    violations.push(...(await calm.check(null)).map((violation) => `undisturbed: ${violation}`));
    if (violations.length === 0) {
      const faults = drawFaults(random, calm.counts);
      const shaken = await disturbed.go(database, faults, calm.tookMs);
      generations = shaken.generations;
      violations.push(...(await shaken.check(calm.value)));
    } else generations = calm.generations;
  } finally {
    await undisturbed.drop();
    await disturbed.drop();
  }
  if (violations.length === 0) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { seed, database, plan, generations, violations, folder };
}
