/** Many processes on one ledger at once, which they also make at once: all is recorded, and none gives up. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { databases, postgresMissing } from "./chosen-seeds.ts";
import { createLedger } from "./ledger-under-test.ts";
import { fixture, startNode } from "./processes.ts";

const processes = 8;
const tasksEach = 200;

for (const database of databases()) {
  describe.skipIf(database === "postgres" && postgresMissing !== undefined)(`on ${database}`, () => {
    test(`${processes} processes run ${tasksEach} tasks each`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "millrace-chaos-crowd-"));
      const ledger = await createLedger(database, folder);
      try {
        const started = Array.from({ length: processes }, (_, at) =>
          startNode([fixture("crowd.ts"), `process ${at}`], { env: ledger.env }),
        );
        for (const { ended } of started) {
          await expect(ended).resolves.toMatchObject({ code: 0, stdout: `${tasksEach}\n`, stderr: "" });
        }
        const { flowRuns, taskRuns, logs } = await ledger.readRows();
        expect(flowRuns.map(({ stateName }) => stateName)).toEqual(Array(processes).fill("Completed"));
        const counts = taskRuns.filter(({ taskName, stateName }) => taskName === "count" && stateName === "Completed");
        expect(counts).toHaveLength(processes * tasksEach);
        expect(logs.filter(({ message }) => message.endsWith(" begins"))).toHaveLength(processes);
        expect(logs.filter(({ message }) => message.endsWith(" commits"))).toHaveLength(1);
        expect(await ledger.findDamage()).toEqual([]);
      } finally {
        await ledger.drop();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  });
}
