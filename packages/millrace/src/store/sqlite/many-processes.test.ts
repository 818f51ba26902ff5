import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readAll } from "../suite/samples.testsuite.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";

const processes = 6;
const runsOfEach = 50;

test("many processes make one new ledger at once, and each finds all that it recorded", async () => {
  const ledger = await makeSqliteLedger();
  const script = `
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open.ts"))};
    import { systemClock } from ${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))};
    import { uuidv7 } from ${JSON.stringify(import.meta.resolve("../../kit/ids.ts"))};
    const store = await openSqliteStore({ path: ${JSON.stringify(ledger.path)}, durability: "process", clock: systemClock });
    const nothing = { transitions: [], taskRuns: [], logs: [], artifacts: [], events: [] };
    for (let index = 0; index < ${runsOfEach}; index++) {
      const states = [{ type: "PENDING", name: "Pending", at: index }];
      const run = { id: uuidv7(), flowName: "many", name: process.argv[1], parameters: "{}", states };
      await store.record({ ...nothing, created: [run] });
    }
    const found = await store.findFlowRuns({ nameContains: process.argv[1] }, "created-asc", { limit: 1000 });
    console.log(found.items.length);
    await store.close();`;
  const run = async (name: string): Promise<string> => {
    const args = ["--input-type=module", "--eval", script, name];
    return (await promisify(execFile)(process.execPath, args, { cwd: tmpdir() })).stdout.trim();
  };
  const counts = await Promise.all(Array.from({ length: processes }, (_, index) => run(`process-${index}`)));
  expect(counts).toEqual(Array(processes).fill(String(runsOfEach)));

  const store = await ledger.open();
  const { items } = await readAll((page) => store.findFlowRuns({}, "created-asc", page), 100);
  expect(new Set(items.map(({ id }) => id)).size).toBe(processes * runsOfEach);
  expect(await store.check()).toEqual([]);
  await store.close();
  await ledger.remove();
});
