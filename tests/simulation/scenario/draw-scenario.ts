/** What a world consists of and what goes on in it, drawn from the seed. */

import { pick, type Random, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import type { World } from "../world/world.ts";
import { drawProgram, type Program } from "./program.ts";

export interface DeploymentPlan {
  readonly name: string;
  readonly concurrencyLimit: number | null;
  readonly strategy: "enqueue" | "cancel-new";
  /** Null: it has no schedule. */
  readonly schedule: { readonly everyMs: number; readonly catchUp: "skip" | "all" } | null;
  /** What its runs do when nobody says otherwise. */
  readonly program: Program;
}

export interface SubmissionPlan {
  readonly atMs: number;
  readonly deployment: string;
  readonly id: string;
  readonly hasKey: boolean;
  /** Asked again with the same key after so long, by somebody who does not know that it was asked; null: not. */
  readonly repeatAfterMs: number | null;
  readonly program: Program;
}

export interface Scenario {
  readonly servers: number;
  readonly hosts: readonly { readonly skewMs: number; readonly limit: number }[];
  readonly serverSkewsMs: readonly number[];
  readonly poolLimit: number | null;
  readonly sharedSlots: number;
  readonly deployments: readonly DeploymentPlan[];
  readonly submissions: readonly SubmissionPlan[];
  /** Whether an automation makes a run for each order that is placed; there is one with each submission. */
  readonly reacts: boolean;
  /** Programs that are started by hand, and gone on with when they crash. */
  readonly scripts: readonly { readonly atMs: number; readonly id: string; readonly program: Program }[];
  /** When things go wrong from then on no more. */
  readonly healsAtMs: number;
}

export function drawScenario(world: World): Scenario {
  const random = world.random("scenario");
  const healsAtMs = 2000 + randomInt(random, 3500);
  const at = (): number => Math.round(random() * healsAtMs * 0.8);
  const deployments = Array.from({ length: 1 + randomInt(random, 2) }, (_, index) => drawDeployment(random, index));
  return {
    servers: pick(random, [1, 1, 1, 1, 2, 2, 3]),
    hosts: Array.from({ length: pick(random, [1, 1, 2]) }, () => ({
      skewMs: drawSkew(random),
      limit: 1 + randomInt(random, 3),
    })),
    serverSkewsMs: [drawSkew(random), drawSkew(random), drawSkew(random)],
    poolLimit: random() < 0.3 ? 1 + randomInt(random, 2) : null,
    sharedSlots: 1 + randomInt(random, 2),
    deployments,
    submissions: Array.from({ length: 1 + randomInt(random, 4) }, (_, index) => ({
      atMs: at(),
      deployment: `program/${deployments[randomInt(random, deployments.length)]?.name ?? ""}`,
      id: `submission ${index + 1}`,
      hasKey: random() < 0.6,
      repeatAfterMs: random() < 0.3 ? randomInt(random, 3000) : null,
      program: drawProgram(random),
    })),
    reacts: random() < 0.15,
    scripts: Array.from({ length: randomInt(random, 3) }, (_, index) => ({
      atMs: at(),
      id: `script ${index + 1}`,
      program: drawProgram(random),
    })),
    healsAtMs,
  };
}

function drawDeployment(random: Random, index: number): DeploymentPlan {
  const hasSchedule = random() < 0.5;
  return {
    name: `deployment-${index + 1}`,
    concurrencyLimit: random() < 0.4 ? 1 + randomInt(random, 2) : null,
    strategy: random() < 0.7 ? "enqueue" : "cancel-new",
    schedule: hasSchedule
      ? { everyMs: 2000 + randomInt(random, 3) * 1000, catchUp: random() < 0.5 ? "skip" : "all" }
      : null,
    program: { orders: [{ kind: "step", n: 1, workMs: 50, fails: 0 }], ends: "itself", failures: 0 },
  };
}

/** Mostly some ms; now and then seconds, and as far as a clock goes that is set by the network only now and then. */
function drawSkew(random: Random): number {
  const drawn = random();
  const spreadMs = drawn < 0.7 ? 20 : drawn < 0.92 ? 6000 : 50_000;
  return Math.round((random() - 0.5) * spreadMs);
}
