/** A flow as people write them, killed on its way: with a pause, a suspension, a failure that is mended, and what undoes it. */

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, test } from "vitest";
import { signalKey } from "../../packages/millrace/src/contract/records.ts";
import { createRandom } from "../../packages/millrace/src/kit/random.ts";
import { databases, postgresMissing, seedsOf } from "./chosen-seeds.ts";
import { drive } from "./drive.ts";
import { brokenVariable } from "./fixtures/release.ts";
import type { LedgerUnderTest } from "./ledger-under-test.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { reportDrive } from "./report.ts";
import { type FlowRunRow, rootOf, toUuid } from "./rows.ts";

/** Of the seeds of random programs. */
const share = 0.08;

const facts: PlanFacts = {
  mayEndAs: ["FAILED", "PAUSED"],
  // Rolled back when the announcement fails, and done again when it is retried.
  mayRunAgain: new Set(["copy-to paris", "copy-to tokyo", "copy-to lima", "announce"]),
  transactionOf: new Map(),
  sleepsMs: new Map(),
};

const hasFailed = (root: FlowRunRow | undefined): boolean =>
  root?.history.some(({ type }) => type === "FAILED") === true;

/** The person: approves when asked, and gives the go-ahead as soon as there is a run. */
async function attend(ledger: LedgerUnderTest, signal: AbortSignal): Promise<void> {
  const opened = await ledger.open();
  const { api, engine } = opened;
  const answer = (root: FlowRunRow, key: string, value: unknown): Promise<boolean> =>
    api.sendRunInput({ flowRunId: toUuid(root.id), key, id: "answer-0", value: engine.encode(value), sender: null });
  while (!signal.aborted) {
    const root = rootOf(await ledger.readRows());
    if (root !== undefined) await answer(root, signalKey("go-ahead"), { by: "Ada" });
    if (root?.stateType === "PAUSED" && root.stateName === "Paused") await answer(root, "approval", null);
    await delay(20);
  }
  await opened.close();
}

for (const database of databases()) {
  describe.skipIf(database === "postgres" && postgresMissing !== undefined)(`a release on ${database}`, () => {
    test.for(seedsOf(database, share))("killed as seed %i says", async (seed) => {
      const outcome = await drive({
        random: createRandom(`release ${database} ${seed}`),
        folder: await mkdtemp(join(tmpdir(), `millrace-chaos-release-${seed}-`)),
        database,
        program: ["release.ts"],
        facts,
        env: (root): Record<string, string> => (hasFailed(root) ? {} : { [brokenVariable]: "1" }),
        goOn: (root) => (root.stateType === "FAILED" ? "retry" : root.stateType === "PAUSED" ? "resume" : null),
        attend,
      });
      assert(outcome.violations.length === 0, [...reportDrive(outcome), `Kept in ${outcome.folder}`].join("\n"));
    });
  });
}
