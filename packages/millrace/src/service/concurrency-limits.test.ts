/** Many who take, give back, renew and expire at once, over several connections: no slot is given twice, and none is lost. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConcurrencyLimit, SlotLease } from "../contract/objects.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../store/suite/ledger.testsuite.ts";
import { createService } from "./create-service.ts";

const names = ["disk", "gpu", "mail"] as const;
const slots = 4;
const services = 3;

type Action =
  | { readonly act: "take"; readonly limits: readonly string[]; readonly slots: number; readonly leaseMs: number }
  | { readonly act: "give-back" | "renew"; readonly lease: number }
  | { readonly act: "expire" | "edit" };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    act: fc.constant("take" as const),
    limits: fc.shuffledSubarray([...names], { minLength: 1 }),
    slots: fc.integer({ min: 1, max: 3 }),
    leaseMs: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ act: fc.constantFrom("give-back" as const, "renew" as const), lease: fc.nat(5) }),
  fc.record({ act: fc.constantFrom("expire" as const, "edit" as const) }),
);
/** Each round's actions happen at once; then time passes. */
const rounds = fc.array(fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 8 }), afterMs: fc.nat(60) }), {
  minLength: 1,
  maxLength: 8,
});

function testRaces(makeLedger: MakeLedger, numRuns: number): void {
  test("what is taken is what the leases hold, at every moment", async () => {
    const ledger = await makeLedger();
    const stores = await Promise.all(Array.from({ length: services }, () => ledger.open()));
    let now = 0;
    const clock: Clock = { ...systemClock, now: () => now };
    const apis = stores.map((store) => createService({ store, clock }));
    const [api] = apis as [(typeof apis)[number]];
    const readLimits = async (): Promise<readonly ConcurrencyLimit[]> =>
      (await api.listObjects("concurrency-limit")).items;
    const readLeases = async (): Promise<readonly SlotLease[]> => (await api.listObjects("slot-lease")).items;

    async function expectNoneTwice(): Promise<void> {
      const leases = await readLeases();
      for (const { id, taken } of await readLimits()) {
        const held = leases
          .filter(({ limitIds }) => limitIds.includes(id))
          .reduce((sum, lease) => sum + lease.slots, 0);
        expect(taken).toBe(held);
        expect(taken).toBeLessThanOrEqual(slots);
      }
    }

    const run = fc.asyncProperty(rounds, async (given) => {
      await ledger.clear();
      now = 1_800_000_000_000;
      const limits = await Promise.all(
        names.map((name) =>
          api.createObject("concurrency-limit", {
            name,
            active: true,
            slots,
            taken: 0,
            takenAt: now,
            decayPerSecond: 0,
            denied: 0,
          }),
        ),
      );
      for (const { actions, afterMs } of given) {
        const leases = await readLeases();
        const leaseAt = (index: number): string => leases[index % leases.length]?.id ?? "none";
        await Promise.all(
          actions.map((each, index) => {
            const one = apis[index % services] ?? api;
            switch (each.act) {
              case "take":
                return one.takeSlots(each);
              case "give-back":
                return one.giveBackSlots({ leaseId: leaseAt(each.lease) });
              case "renew":
                return one.renewSlots(leaseAt(each.lease), 50);
              case "expire":
                return one.expireSlots();
              case "edit":
                return one.updateObject("concurrency-limit", limits[index % 3]?.id ?? "", { averageSeconds: index });
            }
          }),
        );
        await expectNoneTwice();
        now += afterMs;
      }
      now += 1000;
      await Promise.all(apis.map((each) => each.expireSlots()));
      expect((await readLimits()).map(({ taken }) => taken)).toEqual([0, 0, 0]);
      expect(await readLeases()).toEqual([]);
    });

    try {
      await fc.assert(run, { numRuns });
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await ledger.remove();
    }
  });
}

describe("slots over SQLite", () => {
  testRaces(makeSqliteLedger, 25);
});

describe.skipIf(whyNot !== "")(`slots over PostgreSQL${whyNot}`, () => {
  testRaces(makePostgresLedger, 10);
});
