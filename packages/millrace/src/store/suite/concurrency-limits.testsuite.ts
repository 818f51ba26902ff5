import { describe, expect, test } from "vitest";
import type { ConcurrencyLimit, SlotLease } from "../../contract/objects.ts";
import type { Store } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { startAt } from "./samples.testsuite.ts";

const base = () => ({ id: uuidv7(), revision: 1, createdAt: startAt, updatedAt: startAt });

async function insertLimit(store: Store, more: Partial<ConcurrencyLimit> = {}): Promise<ConcurrencyLimit> {
  const limit: ConcurrencyLimit = {
    ...base(),
    name: `limit-${uuidv7()}`,
    active: true,
    slots: 1000,
    taken: 0,
    takenAt: startAt,
    decayPerSecond: 0,
    denied: 0,
    ...more,
  };
  await store.insertObject("concurrency-limit", limit, null);
  return limit;
}

const aLease = (limitIds: readonly string[]): SlotLease => ({
  ...base(),
  expiresAt: startAt + 1000,
  holder: "task-run:1",
  limitIds,
  slots: 1,
});

const plus = (limit: ConcurrencyLimit, slots: number): ConcurrencyLimit => ({
  ...limit,
  revision: limit.revision + 1,
  taken: limit.taken + slots,
});

const takenOf = async (store: Store, { id }: ConcurrencyLimit): Promise<number | undefined> =>
  (await store.readObjects("concurrency-limit", [id]))[0]?.taken;

export function testConcurrencyLimits(makeLedger: MakeLedger): void {
  describe("concurrency limits", () => {
    const used = useStore(makeLedger);

    test("are changed by what is decided on them, with a lease", async () => {
      const { store } = used;
      const [one, two] = [
        await insertLimit(store, { averageSeconds: 2.5 }),
        await insertLimit(store, { denied: 0.25 }),
      ];
      const lease = aLease([one.id, two.id]);
      const seen: ConcurrencyLimit[] = [];
      const outcome = await store.changeLimits([two.name, one.name, "there is none"], (limits) => {
        seen.push(...limits);
        return { changed: limits.map((limit) => plus(limit, 0.5)), lease, outcome: "done" };
      });
      expect(outcome).toBe("done");
      expect(seen).toEqual([one, two]);
      expect(await store.readObjects("concurrency-limit", [one.id, two.id])).toEqual([plus(one, 0.5), plus(two, 0.5)]);
      expect(await store.readObjects("slot-lease", [lease.id])).toEqual([lease]);
    });

    test("stay as they are where the decision fails", async () => {
      const { store } = used;
      const limit = await insertLimit(store);
      const change = store.changeLimits([limit.name], () => {
        throw new Error("undecided");
      });
      await expect(change).rejects.toThrow("undecided");
      expect(await store.readObjects("concurrency-limit", [limit.id])).toEqual([limit]);
    });

    test("are decided on one after another, however many ask at once, in whatever order", async () => {
      const other = await used.openAnother();
      const limits = [await insertLimit(used.store), await insertLimit(used.store), await insertLimit(used.store)];
      const take = (index: number): Promise<number> => {
        const [first, second] = [limits[index % 3], limits[(index + 1) % 3]] as [ConcurrencyLimit, ConcurrencyLimit];
        const store = index % 2 === 0 ? used.store : other;
        return store.changeLimits([first.name, second.name], (found) => ({
          changed: found.map((limit) => plus(limit, 1)),
          lease: null,
          outcome: found.length,
        }));
      };
      const found = await Promise.all(Array.from({ length: 30 }, (_, index) => take(index)));
      expect(new Set(found)).toEqual(new Set([2]));
      expect(await Promise.all(limits.map((limit) => takenOf(used.store, limit)))).toEqual([20, 20, 20]);
    });

    test("get back what a lease holds, once, however many end it at once", async () => {
      const { store } = used;
      const other = await used.openAnother();
      const limit = await insertLimit(store, { taken: 5 });
      const lease = aLease([limit.id, uuidv7()]);
      await store.insertObject("slot-lease", lease, null);
      const end = (each: Store): Promise<boolean> =>
        each.endSlotLease({
          id: lease.id,
          settle: (ended, limits) => limits.map((found) => plus(found, -ended.slots)),
        });
      const ended = await Promise.all([end(store), end(other), end(store), end(other)]);
      expect(ended.filter(Boolean)).toHaveLength(1);
      expect(await takenOf(store, limit)).toBe(4);
      expect(await store.readObjects("slot-lease", [lease.id])).toEqual([]);
    });

    test("keep what is held by a lease that was renewed before it expired", async () => {
      const { store } = used;
      const limit = await insertLimit(store, { taken: 1 });
      const lease = aLease([limit.id]);
      await store.insertObject("slot-lease", lease, null);
      const expireAt = (expiredAt: number): Promise<boolean> =>
        store.endSlotLease({ id: lease.id, expiredAt, settle: (_, limits) => limits.map((each) => plus(each, -1)) });
      expect(await store.renewSlotLease(lease.id, startAt + 2000)).toBe(true);
      expect(await expireAt(startAt + 1999)).toBe(false);
      expect(await takenOf(store, limit)).toBe(1);
      expect(await expireAt(startAt + 2000)).toBe(true);
      expect(await takenOf(store, limit)).toBe(0);
      expect(await store.renewSlotLease(lease.id, startAt + 3000)).toBe(false);
      expect(await store.renewSlotLease("no id", startAt)).toBe(false);
    });
  });
}
