import { describe, expect, test } from "vitest";
import type { SlotLease } from "../../contract/objects.ts";
import type { ExecutorProcess } from "../../contract/records.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, create, startAt } from "./samples.testsuite.ts";

function aProcess(more: Partial<ExecutorProcess> = {}): ExecutorProcess {
  return {
    id: uuidv7(),
    host: "alder",
    bootId: "boot-1",
    pid: 4711,
    startToken: "123",
    startedAt: startAt,
    leaseExpiresAt: startAt + 30_000,
    ...more,
  };
}

function aLease(): SlotLease {
  return {
    id: uuidv7(),
    revision: 1,
    createdAt: startAt,
    updatedAt: startAt,
    expiresAt: startAt + 1000,
    holder: "task-run:1",
    limitIds: [],
    slots: 1,
  };
}

export function testProcesses(makeLedger: MakeLedger): void {
  describe("processes", () => {
    const used = useStore(makeLedger);

    test("are written, renewed, found and deleted", async () => {
      const { store } = used;
      const one = aProcess();
      const two = aProcess({ bootId: null, startToken: null, startedAt: startAt - 1 });
      await store.writeProcess(one);
      await store.writeProcess(two);
      await store.writeProcess(one);
      expect(await store.findProcesses()).toEqual([two, one]);
      expect(await store.findProcesses([one.id, "none"])).toEqual([one]);
      expect(await store.findProcesses([])).toEqual([]);
      expect(await store.renewProcess(one.id, startAt + 60_000.5)).toBe(true);
      expect(await store.findProcesses([one.id])).toEqual([{ ...one, leaseExpiresAt: startAt + 60_000.5 }]);
      await store.deleteProcess(one.id);
      await store.deleteProcess(one.id);
      expect(await store.renewProcess(one.id, startAt)).toBe(false);
      expect(await store.findProcesses([one.id])).toEqual([]);
    });

    test("that are gone are found by the runs that name them", async () => {
      const { store } = used;
      const [known, gone] = [aProcess(), aProcess()];
      await store.writeProcess(known);
      await store.writeProcess(gone);
      const owners = [known.id, gone.id, gone.id, null];
      for (const ownerId of owners) await create(store, aFlowRun({ ownerId }));
      const lost = async (): Promise<readonly string[]> =>
        (await store.findLostOwners(1000)).filter((id) => id === known.id || id === gone.id);
      expect(await lost()).toEqual([]);
      await store.deleteProcess(gone.id);
      expect(await lost()).toEqual([gone.id]);
      expect(await store.findLostOwners(0)).toEqual([]);
    });

    test("keep the leases of the slots that they hold as long as their own, and end with them", async () => {
      const { store } = used;
      const [one, two] = [aProcess(), aProcess()];
      for (const process of [one, two]) await store.writeProcess(process);
      const insertLease = async (processId?: string): Promise<string> => {
        const lease = { ...aLease(), ...(processId === undefined ? {} : { processId }) };
        await store.insertObject("slot-lease", lease, null);
        return lease.id;
      };
      const ids = [await insertLease(one.id), await insertLease(two.id), await insertLease()];
      const ends = async (): Promise<readonly number[]> =>
        (await store.readObjects("slot-lease", ids)).map(({ expiresAt }) => expiresAt);
      await store.renewProcess(one.id, startAt + 60_000);
      expect(await ends()).toEqual([startAt + 60_000, startAt + 1000, startAt + 1000]);
      // None is made shorter.
      await store.renewProcess(one.id, startAt + 500);
      expect(await ends()).toEqual([startAt + 60_000, startAt + 1000, startAt + 1000]);
      await store.deleteProcess(one.id);
      expect(await ends()).toEqual([0, startAt + 1000, startAt + 1000]);
      expect(await store.renewProcess(one.id, startAt + 60_000)).toBe(false);
      expect(await ends()).toEqual([0, startAt + 1000, startAt + 1000]);
    });
  });

  describe("slots", () => {
    const used = useStore(makeLedger);
    const register = async (): Promise<string> => {
      const process = aProcess();
      await used.store.writeProcess(process);
      return process.id;
    };

    test("are given up to the limit, and again to a holder that has one", async () => {
      const { store } = used;
      const processId = await register();
      const ask = (holder: string, limit: number): Promise<boolean> =>
        store.acquireSlot({ limitName: "db", limit, holder, processId }, startAt);
      expect([await ask("a", 2), await ask("b", 2), await ask("c", 2)]).toEqual([true, true, false]);
      expect([await ask("a", 2), await ask("b", 1)]).toEqual([true, true]);
      await store.releaseSlot("db", "a");
      await store.releaseSlot("db", "a");
      expect([await ask("c", 1), await ask("c", 2), await ask("a", 2)]).toEqual([false, true, false]);
      expect(await store.acquireSlot({ limitName: "other", limit: 1, holder: "a", processId }, startAt)).toBe(true);
      expect(await store.acquireSlot({ limitName: "none", limit: 0, holder: "a", processId }, startAt)).toBe(false);
    });

    test("can be without a limit", async () => {
      const processId = await register();
      const ask = { limitName: "free", limit: Number.POSITIVE_INFINITY, holder: "a", processId };
      expect(await used.store.acquireSlot(ask, startAt)).toBe(true);
    });

    test("go with their process, and are not given to one that is not there", async () => {
      const { store } = used;
      const [dead, alive] = [await register(), await register()];
      const ask = (holder: string, processId: string): Promise<boolean> =>
        store.acquireSlot({ limitName: "gpu", limit: 1, holder, processId }, startAt);
      expect([await ask("a", dead), await ask("b", alive)]).toEqual([true, false]);
      await store.deleteProcess(dead);
      expect([await ask("a", dead), await ask("b", alive)]).toEqual([false, true]);
    });

    test("are found by the process in whose name they are held", async () => {
      const { store } = used;
      const [one, two] = [await register(), await register()];
      const hold = (holder: string, processId: string): Promise<boolean> =>
        store.acquireSlot({ limitName: "tasks", limit: 9, holder, processId }, startAt);
      expect(await Promise.all([hold("a", one), hold("b", two), hold("c", one)])).toEqual([true, true, true]);
      expect((await store.findSlotHolders("tasks", one)).toSorted()).toEqual(["a", "c"]);
      expect(await store.findSlotHolders("others", one)).toEqual([]);
    });

    test("belong to the process that asked last", async () => {
      const { store } = used;
      const [one, two] = [await register(), await register()];
      const ask = (holder: string, processId: string): Promise<boolean> =>
        store.acquireSlot({ limitName: "moved", limit: 1, holder, processId }, startAt);
      await ask("a", one);
      await ask("a", two);
      await store.deleteProcess(one);
      expect(await ask("b", two)).toBe(false);
    });

    test("are never more than the limit, however many ask at once", async () => {
      const other = await used.openAnother();
      const processId = await register();
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (index % 2 === 0 ? used.store : other).acquireSlot(
            { limitName: "busy", limit: 7, holder: `h${index}`, processId },
            startAt,
          ),
        ),
      );
      expect(answers.filter(Boolean)).toHaveLength(7);
    });
  });
}
