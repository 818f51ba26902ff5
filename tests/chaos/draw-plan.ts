/** Draws a program from a source of chance: every kind of step, nested a few levels deep, some tenths of a second of work. */

import { pick, type Random, randomInt } from "../../packages/millrace/src/kit/random.ts";
import { type AnyStep, type Flavour, flowRetries, type Order, type Plan, taskRetries } from "./plan.ts";

/** Steps of the flow's own body, and of the bodies inside it. */
const topSteps = { min: 2, max: 5 };
const innerSteps = { min: 1, max: 2 };
const maxDepth = 3;
/** Of one body. */
const maxWorkMs = 12;
/** How often a flow computes before it does anything else, and for how long at most. */
const busyShare = 0.4;
const maxBusyMs = 60;

const flavours: readonly Flavour[] = [
  "plain",
  "plain",
  "plain",
  "chatty",
  "chatty",
  "busy",
  "durable",
  "keyed",
  "limited",
  "stream",
  "big",
  "big",
  "effect",
  "rescued",
  "unkept",
  "threads",
  "processes",
];

const flatKinds = [
  "call",
  "call",
  "call",
  "doomed",
  "cached",
  "loop",
  "map",
  "futures",
  "sleep",
  "chance",
  "idle",
] as const;
const deepKinds = ["parallel", "nested", "subflow", "transaction"] as const;

interface Place {
  readonly depth: number;
  /** What is around tries again when a call fails; in a transaction, or a branch of several, it might not. */
  readonly mayFailWithCaller: boolean;
}

/** Bodies that run elsewhere do not know in which attempt their caller is, and a rescued one does not fail. */
const cannotFailWithCaller: ReadonlySet<Flavour> = new Set(["threads", "processes", "rescued"]);

export function drawPlan(seed: number, random: Random): Plan {
  const fails = random() < 0.25 ? 1 + randomInt(random, flowRetries) : 0;
  const busyMs = random() < busyShare ? 1 + randomInt(random, maxBusyMs) : 0;
  const draw = new Drawing(random);
  return { seed, busyMs, fails, steps: draw.steps("", topSteps, { depth: 0, mayFailWithCaller: true }) };
}

class Drawing {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  steps(path: string, { min, max }: { min: number; max: number }, place: Place): readonly AnyStep[] {
    const count = min + randomInt(this.#random, max - min + 1);
    return Array.from({ length: count }, (_, at) => this.#step(path === "" ? `${at}` : `${path}.${at}`, place));
  }

  #step(id: string, place: Place): AnyStep {
    const random = this.#random;
    const isDeep = place.depth < maxDepth && random() < 0.45 - 0.1 * place.depth;
    return isDeep ? this.#deepStep(id, place) : this.#flatStep(id, place);
  }

  #flatStep(id: string, place: Place): AnyStep {
    const random = this.#random;
    const kind = pick(random, flatKinds);
    switch (kind) {
      case "call":
        return this.#call(id, place);
      case "doomed":
      case "cached":
        return { kind, id, order: this.#order(id) };
      case "loop":
        return { kind, id, order: this.#order(id), count: 2 + randomInt(random, 3) };
      case "map":
        return { kind, id, flavour: pick(random, ["plain", "plain", "big", "threads"]), orders: this.#orders(id, 6) };
      case "futures":
        return { kind, id, orders: this.#orders(id, 4) };
      case "sleep":
        return { kind, id, ms: 5 + randomInt(random, 60) };
      case "chance":
        return { kind, id, orders: [this.#order(`${id}a`), this.#order(`${id}b`)] };
      case "idle":
        return { kind, id, ms: 1 + randomInt(random, 20) };
    }
  }

  #deepStep(id: string, { depth, mayFailWithCaller }: Place): AnyStep {
    const random = this.#random;
    const kind = pick(random, deepKinds);
    const inner = { depth: depth + 1, mayFailWithCaller };
    switch (kind) {
      case "parallel": {
        const branches = Array.from({ length: 2 + randomInt(random, 2) }, (_, at) =>
          this.steps(`${id}.${at}`, innerSteps, inner),
        );
        return { kind, id, branches };
      }
      case "nested":
        return {
          kind,
          id,
          order: this.#order(id),
          steps: this.steps(id, innerSteps, { ...inner, mayFailWithCaller: true }),
        };
      case "subflow": {
        const fails = random() < 0.4 ? 1 + randomInt(random, flowRetries) : 0;
        const failsWithCaller = mayFailWithCaller && random() < 0.15 ? 1 : 0;
        const steps = this.steps(id, innerSteps, { ...inner, mayFailWithCaller: true });
        return { kind, id, fails, failsWithCaller, steps };
      }
      case "transaction": {
        const isUndone = random() < 0.4;
        const effects = Array.from({ length: 1 + randomInt(random, 2) }, (_, at) => this.#effect(`${id}.e${at}`));
        const steps = [...effects, ...this.steps(id, innerSteps, { ...inner, mayFailWithCaller: false })];
        return { kind, id, isKeyed: random() < 0.5, isUndone, steps };
      }
    }
  }

  #effect(id: string): AnyStep {
    return { kind: "call", id, flavour: "effect", order: this.#order(id) };
  }

  #orders(id: string, max: number): readonly Order[] {
    return Array.from({ length: 2 + randomInt(this.#random, max - 1) }, (_, at) => this.#order(`${id}[${at}]`));
  }

  #call(id: string, { mayFailWithCaller }: Place): AnyStep {
    const random = this.#random;
    const flavour = pick(random, flavours);
    const drawn = this.#order(id);
    // The process of a pool may be killed beside, which is a failure too.
    const order = flavour === "processes" ? { ...drawn, fails: Math.min(drawn.fails, taskRetries - 1) } : drawn;
    const fails = mayFailWithCaller && !cannotFailWithCaller.has(flavour) && random() < 0.1;
    return { kind: "call", id, flavour, order: { ...order, failsWithCaller: fails ? 1 + randomInt(random, 2) : 0 } };
  }

  #order(id: string): Order {
    const random = this.#random;
    const workMs = random() < 0.3 ? 0 : randomInt(random, maxWorkMs);
    const fails = random() < 0.2 ? 1 + randomInt(random, taskRetries) : 0;
    return { id, workMs, fails, failsWithCaller: 0 };
  }
}
