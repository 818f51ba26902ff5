/** One seed, from an empty ledger to the verdict. */

import type { Condition } from "../../packages/millrace/src/contract/query.ts";
import { createCluster } from "./nodes/cluster.ts";
import { type BreakIt, type Database, openDatabase } from "./nodes/database.ts";
import { inThisProcess, seatEngines } from "./nodes/flow-process.ts";
import { unleashNemesis } from "./nodes/nemesis.ts";
import { endWhatNobodyEnds, letPeopleAct } from "./nodes/people.ts";
import { findViolations } from "./invariants/find-violations.ts";
import { readOrders } from "./scenario/orders.ts";
import { drawScenario, type Scenario } from "./scenario/draw-scenario.ts";
import { submissionOf } from "./invariants/submissions.ts";
import { prepareLedger } from "./scenario/prepare-ledger.ts";
import { takeEffects } from "./world/effects.ts";
import { createFaults, type Faults } from "./world/faults.ts";
import { createHistory, type History } from "./world/history.ts";
import { ownProcess } from "./world/own-process.ts";
import { createWorld, type World } from "./world/world.ts";

/** How long everything may take to come to its end once nothing goes wrong any more, in ms. */
const endsWithinMs = 400_000;
const looksEveryMs = 500;
/** The tail of the trace that a failure shows. */
const tailLines = 40;

export interface SeedOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly hash: string;
  readonly traced: number;
  /** How long it took in the world, in ms. */
  readonly elapsedMs: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly tail: readonly string[];
  readonly history: History;
}

export interface SeedOptions {
  readonly seed: number;
  /** Breaks a promise of the store's, to see that it is found. */
  readonly breakIt?: BreakIt;
  /** Told of each line of the trace. */
  readonly tailLines?: number;
}

export async function runSeed({ seed, breakIt, tailLines: lines = tailLines }: SeedOptions): Promise<SeedOutcome> {
  const world = createWorld(seed);
  const faults = createFaults(world);
  const history = createHistory();
  const scenario = drawScenario(world);
  takeEffects();
  const giveBack = ownProcess(world, inThisProcess);
  const unseat = seatEngines();
  const watch = (error: unknown): void =>
    void history.violations.push(`I12: a rejection that nobody handles: ${String(error)}`);
  process.on("unhandledRejection", watch);
  const database = await openDatabase(world, {
    faults,
    onViolation: (violation) => void history.violations.push(violation),
    ...(breakIt === undefined ? {} : { breakIt }),
  });
  try {
    await world.live(() => live(world, { scenario, faults, history, database }));
    const effects = takeEffects();
    if (effects.some(({ kind }) => kind === "logs-lost")) faults.reached("log lines were lost, and told of");
    const violations = await findViolations({ now: world.now, scenario, history, database, effects });
    return {
      seed,
      violations,
      hash: world.trace.hash(),
      traced: world.trace.count,
      elapsedMs: world.elapsedMs,
      counts: faults.counts,
      tail: world.trace.tail(lines),
      history,
    };
  } finally {
    process.off("unhandledRejection", watch);
    unseat();
    giveBack();
  }
}

interface Parts {
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly history: History;
  readonly database: Database;
}

async function live(world: World, parts: Parts): Promise<void> {
  const { scenario, faults, history, database } = parts;
  const cluster = createCluster(world, parts);
  const { workPoolId } = await prepareLedger(world, { scenario, database, faults });
  cluster.startServers();
  cluster.startWorkers(workPoolId);
  letPeopleAct(world, { cluster, scenario, history, faults });
  unleashNemesis(world, { cluster, faults });
  await pass(world, scenario.healsAtMs);
  world.trace.add("all is healed");
  faults.end();
  cluster.heal();
  const { api } = cluster.outside;
  for (let waitedMs = 0; waitedMs < endsWithinMs; waitedMs += looksEveryMs) {
    await pass(world, looksEveryMs);
    if ((await findUnended(world, parts)).length === 0) return;
    await endWhatNobodyEnds(api).catch(() => undefined);
  }
  for (const what of await findUnended(world, parts)) {
    history.violations.push(`I10: ${what} ${endsWithinMs / 1000} s after all was healed`);
  }
}

/** Runs that are due and have not ended, and slots that are held. */
async function findUnended(world: World, { scenario, database: { store } }: Parts): Promise<readonly string[]> {
  const where: Condition = {
    all: [
      { not: { field: "stateType", in: ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] } },
      {
        not: {
          all: [
            { field: "autoScheduled", in: [true] },
            { field: "dueAt", above: world.now },
          ],
        },
      },
    ],
  };
  const { items: runs } = await store.findFlowRuns({ where }, "created-asc", { limit: 100 });
  const submitted = new Set((await store.findFlowRuns({}, "created-asc", { limit: 10_000 })).items.map(submissionOf));
  const orders = scenario.reacts ? await readOrders(store) : [];
  const { items: leases } = await store.findObjects("slot-lease", { where: { all: [] } }, { limit: 100 });
  return [
    ...runs.map(({ id, history, ownerId }) => {
      const path = history.map(({ name }) => name).join(" > ");
      return `flow run ${id} is ${path}${ownerId === null ? "" : `, owned by ${ownerId}`}`;
    }),
    ...orders.flatMap(({ id, isGivenUp }) => (isGivenUp || submitted.has(id) ? [] : [`the event ${id} has no effect`])),
    ...leases.map(({ id, holder }) => `slots of ${holder} are held under lease ${id}`),
  ];
}

function pass(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => void world.after(ms, resolve));
}
