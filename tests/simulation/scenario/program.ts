/** What a run does, as data: it is drawn from the seed, and goes through the ledger as the run's parameters. */

import { type Random, randomInt } from "../../../packages/millrace/src/kit/random.ts";

export interface StepOrder {
  readonly kind: "step";
  readonly n: number;
  readonly workMs: number;
  readonly fails: number;
}

export type Order =
  | StepOrder
  | { readonly kind: "map"; readonly of: readonly StepOrder[] }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "pause"; readonly timeoutMs: number; readonly onTimeout: "fail" | "go-on" }
  | { readonly kind: "slots"; readonly holdMs: number }
  | { readonly kind: "subflow"; readonly program: Program };

export interface Program {
  readonly orders: readonly Order[];
  /** `never`: it has to be cancelled. */
  readonly ends: "itself" | "never";
  /** Attempts of the flow that fail; it has two. */
  readonly failures: number;
  /** Names the submission that asked for it. */
  readonly submission?: string;
}

export function drawProgram(random: Random, depth = 0): Program {
  let n = depth * 100;
  const drawStep = (): StepOrder => ({
    kind: "step",
    n: ++n,
    workMs: 5 + Math.round(random() * random() * 800),
    fails: random() < 0.15 ? 1 + randomInt(random, 3) : 0,
  });
  const drawOrder = (): Order => {
    const drawn = random();
    if (drawn < 0.55) return drawStep();
    if (drawn < 0.7) return { kind: "map", of: Array.from({ length: 1 + randomInt(random, 3) }, drawStep) };
    if (drawn < 0.8) return { kind: "sleep", ms: 200 + randomInt(random, 2000) };
    if (drawn < 0.87)
      return { kind: "pause", timeoutMs: 1500 + randomInt(random, 2000), onTimeout: random() < 0.5 ? "fail" : "go-on" };
    if (drawn < 0.95) return { kind: "slots", holdMs: 50 + randomInt(random, 1000) };
    return depth > 0 ? drawStep() : { kind: "subflow", program: drawProgram(random, depth + 1) };
  };
  return {
    orders: Array.from({ length: 1 + randomInt(random, 4) }, drawOrder),
    ends: depth === 0 && random() < 0.06 ? "never" : "itself",
    failures: random() < 0.12 ? 1 + randomInt(random, 2) : 0,
  };
}
