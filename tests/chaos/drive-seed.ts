/** One seed: a program is drawn, and driven. */

import { writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../packages/millrace/src/kit/random.ts";
import { drawPlan } from "./draw-plan.ts";
import { drive, type DriveOutcome } from "./drive.ts";
import { poolCrashVariable } from "./fixtures/crash-point.ts";
import type { Database } from "./ledger-under-test.ts";
import { factsOf } from "./plan-facts.ts";
import type { Plan } from "./plan.ts";

export interface SeedOutcome extends DriveOutcome {
  readonly seed: number;
  readonly database: Database;
  readonly plan: Plan;
}

/** How often a process of a pool is killed too, once, while the flow's own goes on. */
const poolCrashShare = 0.3;

export async function driveSeed(seed: number, database: Database): Promise<SeedOutcome> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-chaos-${seed}-`));
  const random = createRandom(`${database} ${seed}`);
  const plan = drawPlan(seed, random);
  const planFile = join(folder, "plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  const env = random() < poolCrashShare ? { [poolCrashVariable]: join(folder, "pool-crash") } : {};
  const program = ["planned.ts", planFile] as const;
  const outcome = await drive({ random, folder, database, program, facts: factsOf(plan), env: () => env });
  return { ...outcome, seed, database, plan };
}
