/** Simulated worlds, each from a seed: `npm run simulate`, see README.md. */

import assert from "node:assert/strict";
import { expect, test } from "vitest";
import { breakages } from "./breakages.ts";
import { driveSeeds } from "./drive-seeds.ts";
import { rareBranches } from "./rare-branches.ts";
import { reportSeed } from "./report.ts";
import { runSeed } from "./run-seed.ts";

const seeds = { first: 1, count: 2000 };
const repeated = { first: 1, count: 200 };
/** Seeds in which a store that breaks a promise must be found. */
const maxSeedsToFind = 200;

test("2,000 worlds keep every invariant, pass each rare branch, and go the same way again", async () => {
  const { failed, counts, hashes } = await driveSeeds(seeds);
  assert(failed.length === 0, failed.slice(0, 3).map(reportSeed).join("\n\n"));
  expect(rareBranches.filter((branch) => (counts.get(branch) ?? 0) === 0)).toEqual([]);
  const again = await driveSeeds(repeated);
  const differing = [...again.hashes].filter(([seed, hash]) => hash !== hashes.get(seed)).map(([seed]) => seed);
  expect(differing).toEqual([]);
});

test.for(breakages)("finds a store that $name", async ({ breakIt, foundAs }) => {
  for (let seed = 1; seed <= maxSeedsToFind; seed++) {
    const { violations } = await runSeed({ seed, breakIt });
    if (violations.some((violation) => foundAs.some((how) => violation.startsWith(how)))) return;
  }
  expect.unreachable(`${maxSeedsToFind} seeds have not found it`);
});
