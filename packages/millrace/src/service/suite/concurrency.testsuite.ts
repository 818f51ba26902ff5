import { describe, expect, test } from "vitest";
import type { SlotAnswer, SlotDemand } from "../../contract/concurrency.ts";
import type { ConcurrencyLimit } from "../../contract/objects.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";

export function testConcurrency(used: UsedApi): void {
  const make = (more: Partial<ConcurrencyLimit> = {}): Promise<ConcurrencyLimit> =>
    used.api.createObject("concurrency-limit", {
      name: `limit-${uuidv7()}`,
      active: true,
      slots: 1,
      taken: 0,
      takenAt: systemClock.now(),
      decayPerSecond: 0,
      denied: 0,
      ...more,
    });
  const read = async ({ id }: ConcurrencyLimit): Promise<ConcurrencyLimit | null> =>
    used.api.readObject("concurrency-limit", id);
  const take = (limits: readonly ConcurrencyLimit[], more: Partial<SlotDemand> = {}): Promise<SlotAnswer> =>
    used.api.takeSlots({ limits: limits.map(({ name }) => name), slots: 1, ...more });
  const leaseOf = (answer: SlotAnswer): string => (answer.granted ? (answer.leaseId ?? "none") : "refused");

  describe("slots of concurrency limits", () => {
    test("are held under a lease, and given back once", async () => {
      const limit = await make({ slots: 2 });
      const answer = await take([limit], { slots: 2, leaseMs: 60_000, holder: "task-run:1" });
      const named = { id: limit.id, name: limit.name, slots: 2, active: true };
      expect(answer).toEqual({ granted: true, leaseId: expect.any(String) as string, limits: [named] });
      expect(await read(limit)).toMatchObject({ taken: 2, updatedAt: limit.updatedAt });
      const lease = await used.api.readObject("slot-lease", leaseOf(answer));
      expect(lease).toMatchObject({ holder: "task-run:1", limitIds: [limit.id], slots: 2 });
      const denied = await take([limit]);
      expect(denied).toMatchObject({ granted: false, reason: "full", refusedBy: [limit.name], limits: [named] });
      expect(denied.granted ? 0 : denied.retryAfterMs).toBeGreaterThan(0);
      expect((await read(limit))?.denied).toBe(1);
      const returns = [await used.api.giveBackSlots({ leaseId: leaseOf(answer) })];
      returns.push(await used.api.giveBackSlots({ leaseId: leaseOf(answer) }));
      expect(returns).toEqual([true, false]);
      expect((await read(limit))?.taken).toBe(0);
    });

    test("are of all limits or of none; those not there or not active are not enforced", async () => {
      const [full, free, off] = [await make({ taken: 1 }), await make(), await make({ active: false, taken: 1 })];
      expect(await take([free, full])).toMatchObject({ granted: false, refusedBy: [full.name] });
      expect((await read(free))?.taken).toBe(0);
      const names = [free.name, off.name, free.name, "there is none"];
      const answer = await used.api.takeSlots({ limits: names, slots: 1, leaseMs: 1000 });
      expect(answer.granted && new Set(answer.limits.map(({ name }) => name))).toEqual(new Set([free.name, off.name]));
      expect([(await read(free))?.taken, (await read(off))?.taken]).toEqual([1, 1]);
      const none = await used.api.takeSlots({ limits: ["there is none"], slots: 1, leaseMs: 1000 });
      expect(none).toEqual({ granted: true, leaseId: null, limits: [] });
    });

    test("are refused for good where there are never enough, or no decay for a rate", async () => {
      const limit = await make({ slots: 0 });
      expect(await take([limit])).toMatchObject({ granted: false, reason: "too-many", retryAfterMs: null });
      const lasting = await make();
      const rate = await take([lasting], { mode: "rate-limit" });
      expect(rate).toMatchObject({ granted: false, reason: "no-decay", retryAfterMs: null });
    });

    test("that decay come free with time", async () => {
      const limit = await make({ decayPerSecond: 0.001 });
      expect(await take([limit], { mode: "rate-limit", leaseMs: 1000 })).toMatchObject({
        granted: true,
        leaseId: null,
      });
      expect(await take([limit], { mode: "rate-limit" })).toMatchObject({ granted: false, reason: "full" });
      used.advance(1_000_000);
      expect(await take([limit], { mode: "rate-limit" })).toMatchObject({ granted: true });
    });

    test("without a lease are given back by name, of active limits", async () => {
      const [limit, off] = [await make({ slots: 4, averageSeconds: 2 }), await make({ active: false, taken: 1 })];
      await take([limit], { slots: 3 });
      const limits = [limit.name, off.name];
      expect(await used.api.giveBackSlots({ limits, slots: 2, heldMs: 10_000 })).toBe(true);
      expect(await read(limit)).toMatchObject({ taken: 1, averageSeconds: 3 });
      expect((await read(off))?.taken).toBe(1);
      expect(await used.api.giveBackSlots({ limits: [off.name], slots: 1 })).toBe(false);
    });

    test("come back when their lease is not renewed, once", async () => {
      const limit = await make({ slots: 2 });
      const [kept, lost] = [await take([limit], { leaseMs: 60_000 }), await take([limit], { leaseMs: 60_000 })];
      used.advance(50_000);
      // What other tests left.
      await used.api.expireSlots();
      expect(await used.api.renewSlots(leaseOf(kept), 60_000)).toBe(true);
      used.advance(20_000);
      expect((await Promise.all([used.api.expireSlots(), used.api.expireSlots()])).reduce((a, b) => a + b)).toBe(1);
      expect((await read(limit))?.taken).toBe(1);
      expect(await used.api.renewSlots(leaseOf(lost), 60_000)).toBe(false);
      expect(await used.api.giveBackSlots({ leaseId: leaseOf(lost) })).toBe(false);
      expect(await used.api.giveBackSlots({ leaseId: leaseOf(kept) })).toBe(true);
      expect((await read(limit))?.taken).toBe(0);
    });

    test("whose lease has ended are found by those who need them", async () => {
      const limit = await make();
      await take([limit], { leaseMs: 1000 });
      used.advance(2000);
      expect(await take([limit])).toMatchObject({ granted: true });
    });

    test("of a limit that is gone are held by nobody, and those of the others come back", async () => {
      const [gone, kept] = [await make({ slots: 2 }), await make()];
      const [own, answer] = [await take([gone], { leaseMs: 60_000 }), await take([gone, kept], { leaseMs: 60_000 })];
      await used.api.deleteObject("concurrency-limit", gone.id);
      expect(await used.api.renewSlots(leaseOf(own), 60_000)).toBe(false);
      expect(await used.api.giveBackSlots({ leaseId: leaseOf(answer) })).toBe(true);
      expect([await read(gone), (await read(kept))?.taken]).toEqual([null, 0]);
    });

    test("that are asked for twice with one id are taken once, by one holder", async () => {
      const limit = await make({ slots: 2 });
      const demand = { leaseMs: 60_000, leaseId: uuidv7(), holder: "flow-run:1" };
      const answers = await Promise.all([take([limit], demand), take([limit], demand)]);
      answers.push(await take([limit], demand));
      expect(answers.map(leaseOf)).toEqual(Array(3).fill(demand.leaseId));
      expect(answers.map(({ limits }) => limits.map(({ id }) => id))).toEqual(Array(3).fill([limit.id]));
      expect((await read(limit))?.taken).toBe(1);
      await expect(take([limit], { ...demand, holder: "flow-run:2" })).rejects.toMatchObject({ code: "USAGE" });
      expect(await used.api.giveBackSlots({ leaseId: demand.leaseId })).toBe(true);
      expect((await read(limit))?.taken).toBe(0);
    });

    test("are whole and at least one, and a lease lasts a while", async () => {
      const limit = await make();
      for (const wrong of [{ slots: 0 }, { slots: 1.5 }, { leaseMs: 0 }]) {
        await expect(take([limit], wrong)).rejects.toMatchObject({ status: 422 });
      }
      await expect(used.api.renewSlots(uuidv7(), 0)).rejects.toMatchObject({ status: 422 });
      expect(await used.api.renewSlots("no id", 1000)).toBe(false);
      expect(await used.api.giveBackSlots({ leaseId: "no id" })).toBe(false);
    });
  });
}
