/**
 * Declares the tests of a scenario: one a seed and database, each on a cluster of its own. What it finds is printed with what was done
 * to the cluster, and with the command that does it again.
 */

import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { isLong, postgresMissing, scenarioDatabases, scenarioSeeds } from "../chosen-seeds.ts";
import { short } from "../invariants/evidence.ts";
import type { Database } from "../ledger-under-test.ts";
import { Cluster } from "./cluster.ts";
import { findViolations } from "./find-violations.ts";

export interface Scenario {
  /** The name of its file, without `.test.ts`. */
  readonly name: string;
  readonly title: string;
  /** How many seeds each change has. The night has so many for each fifty of random programs. Default 1. */
  readonly seeds?: number;
  /** Whether each change has none. Default false. */
  readonly isForNight?: boolean;
  /** Whether a PostgreSQL is each seed's own, so that it can crash. Default false. */
  readonly isDatabaseOwn?: boolean;
  /** With each change it is played on the first of them. Default: both, SQLite first. */
  readonly databases?: readonly [Database, ...Database[]];
  /** Does what goes wrong, and heals it: when it resolves the servers run, and every run has ended. */
  readonly play: (cluster: Cluster) => Promise<void>;
}

const maxViolations = 20;

export function declareScenario(scenario: Scenario): void {
  const {
    name,
    title,
    seeds = 1,
    databases = ["sqlite", "postgres"],
    isForNight = false,
    isDatabaseOwn = false,
    play,
  } = scenario;
  if (isForNight && !isLong()) return;
  for (const database of scenarioDatabases(databases)) {
    const isSkipped = database === "postgres" && postgresMissing !== undefined;
    describe.skipIf(isSkipped)(`${title}, on ${database}`, () => {
      test.for(scenarioSeeds(seeds))("seed %i", async (seed) => {
        const cluster = await Cluster.open({ scenario: name, seed, database, isDatabaseOwn });
        let violations: readonly string[] = ["it did not come to its end"];
        try {
          await play(cluster);
          violations = await findViolations(cluster);
        } catch (error) {
          throw new Error(report(cluster, [String(error), ...(await describeRuns(cluster))]), { cause: error });
        } finally {
          await cluster.close({ isKept: violations.length > 0 });
        }
        assert(violations.length === 0, report(cluster, violations));
      });
    });
  }
}

/** What the ledger holds when a seed does not come to its end. */
async function describeRuns({ ledger }: Cluster): Promise<readonly string[]> {
  const { flowRuns } = await ledger.readRows();
  return flowRuns.map(({ id, flowName, history }) => {
    const path = history.map(({ name, at }) => `${name} ${new Date(at).toISOString().slice(14, -1)}`);
    return `there is ${short(id)} (${flowName}): ${path.join(" > ")}`;
  });
}

function report({ options, notes, folder, servers, workers }: Cluster, violations: readonly string[]): string {
  const { scenario, seed, database } = options;
  const shown = violations.slice(0, maxViolations);
  const said = [...servers, ...workers].filter((node) => node.said() !== "");
  return [
    `Seed ${seed} of ${scenario} on ${database} violates:`,
    ...shown.map((violation) => `  - ${violation}`),
    ...(violations.length > shown.length ? [`  … and ${violations.length - shown.length} more`] : []),
    "What was done:",
    ...notes.map((note) => `  ${note}`),
    ...said.map((node) => `${node.name} said: ${node.said().slice(-2000)}`),
    `Ledger and effects are kept in ${folder}`,
    `Again: npm run chaos -- --scenario ${scenario} --seed ${seed} --database ${database}`,
  ].join("\n");
}
