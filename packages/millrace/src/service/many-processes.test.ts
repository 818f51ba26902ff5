import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { createService } from "./create-service.ts";

const processes = 4;
const turnsOfEach = 40;
const slots = 2;

/** Each turn takes a slot, looks at how many are taken, and gives it back. Prints the most that it saw. */
function programFor(path: string): string {
  return `
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("../store/sqlite/open.ts"))};
    import { createService } from ${JSON.stringify(import.meta.resolve("./create-service.ts"))};
    import { systemClock as clock } from ${JSON.stringify(import.meta.resolve("../kit/clock.ts"))};
    const store = await openSqliteStore({ path: ${JSON.stringify(path)}, durability: "process", clock });
    const api = createService({ store, clock });
    let most = 0;
    for (let turn = 0; turn < ${turnsOfEach}; ) {
      const answer = await api.takeSlots({ limits: ["database"], slots: 1, leaseMs: 60000 });
      if (!answer.granted) { await clock.sleep(1); continue; }
      const { items } = await api.listObjects("slot-lease");
      most = Math.max(most, items.length);
      await api.giveBackSlots({ leaseId: answer.leaseId });
      turn++;
    }
    await store.close();
    console.log(most);`;
}

test("processes that share a ledger in SQLite take no slot twice, and leave none taken", async () => {
  const ledger = await makeSqliteLedger();
  const store = await ledger.open();
  const api = createService({ store, clock: systemClock });
  const { id } = await api.createObject("concurrency-limit", {
    name: "database",
    active: true,
    slots,
    taken: 0,
    takenAt: systemClock.now(),
    decayPerSecond: 0,
    denied: 0,
  });
  const args = ["--input-type=module", "--eval", programFor(ledger.path)];
  const run = async (): Promise<number> =>
    Number((await promisify(execFile)(process.execPath, args, { cwd: tmpdir() })).stdout);
  const most = await Promise.all(Array.from({ length: processes }, run));
  expect(Math.max(...most)).toBeLessThanOrEqual(slots);
  expect(Math.min(...most)).toBeGreaterThanOrEqual(1);
  expect((await api.readObject("concurrency-limit", id))?.taken).toBe(0);
  await store.close();
  await ledger.remove();
});
