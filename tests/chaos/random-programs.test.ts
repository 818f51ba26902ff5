/** Random programs whose processes are killed at random, and at named points. `npm run chaos`, see README.md. */

import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { Semaphore } from "../../packages/millrace/src/kit/semaphore.ts";
import { databases, postgresMissing, seedsOf } from "./chosen-seeds.ts";
import { driveSeed } from "./drive-seed.ts";
import { reportSeed } from "./report.ts";

/** Seeds at once: each has one process that runs, most of the time. */
const turns = new Semaphore(2);

for (const database of databases()) {
  describe.skipIf(database === "postgres" && postgresMissing !== undefined)(`on ${database}`, () => {
    test.concurrent.for(seedsOf(database))("seed %i", async (seed) => {
      await turns.acquire();
      try {
        const outcome = await driveSeed(seed, database);
        assert(outcome.violations.length === 0, reportSeed(outcome));
      } finally {
        turns.release();
      }
    });
  });
}
