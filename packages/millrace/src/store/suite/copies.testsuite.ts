import { describe, expect, test } from "vitest";
import type { StoredResult } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aLogLine, aState, aTaskRun, aTransition, create, record, startAt } from "./samples.testsuite.ts";

export function testCopies(makeLedger: MakeLedger): void {
  describe("results that are kept beside the ledger", () => {
    const used = useStore(makeLedger);

    test("are found by what refers to them: runs, tasks and the cache", async () => {
      const { store } = used;
      const stored = (key: string) =>
        ({ storage: "stored", store: "file", key, sizeBytes: 9, serializer: "json" }) as const;
      const run = await create(store);
      const inline = { storage: "inline", data: '{"storage":"stored","store":"file","key":"of a value"}' } as const;
      await record(store, {
        taskRuns: [
          aTaskRun(run.id, undefined, { result: stored("of a task"), cache: { key: "cached", expiresAt: null } }),
          aTaskRun(run.id, undefined, { result: inline }),
        ],
      });
      const ended = aState("COMPLETED", startAt + 5);
      await record(store, { transitions: [aTransition(run, ended, { result: stored("of a run"), releases: true })] });
      const found: StoredResult[] = [];
      for await (const part of store.walkStoredResults()) found.push(...part);
      expect(found.map(({ store: name, key }) => `${name} ${key}`).toSorted()).toEqual([
        "file of a run",
        "file of a task",
        "file of a task",
      ]);
    });
  });

  describe("what was deleted", () => {
    const used = useStore(makeLedger);

    test("leaves space, which is given back or used again", async () => {
      const { store } = used;
      const run = await create(store);
      for (let times = 0; times < 10; times++) {
        const logs = Array.from({ length: 100 }, () => aLogLine(run.id, "x".repeat(2000)));
        await record(store, { logs });
      }
      const { sizeBytes } = await store.measureSpace();
      expect(sizeBytes).toBeGreaterThan(100_000);
      await store.deleteFlowRun(run.id);
      const { beforeBytes, afterBytes } = await store.compact();
      expect(afterBytes).toBeLessThanOrEqual(beforeBytes);
      const left = await store.measureSpace();
      expect(left.freeBytes).toBeLessThan(left.sizeBytes / 4);
      expect(await store.check({ depth: "everything" })).toEqual([]);
    });

    test("is, of the cache, what has expired", async () => {
      const { store } = used;
      const run = await create(store);
      const cached = (key: string, expiresAt: number | null) =>
        aTaskRun(run.id, undefined, { cache: { key, expiresAt } });
      await record(store, { taskRuns: [cached("old", 1000), cached("young", 3000), cached("for ever", null)] });
      expect(await store.deleteExpiredCache(2000)).toBe(1);
      expect(await store.readCacheEntry("old")).toBeNull();
      expect(await store.readCacheEntry("young")).not.toBeNull();
      expect(await store.readCacheEntry("for ever")).not.toBeNull();
    });
  });

  describe("a ledger that was put back", () => {
    const used = useStore(makeLedger);

    test("has no process that is alive, no session, and no key unless they are kept", async () => {
      const { store } = used;
      const [accountId, keyId] = [uuidv7(), uuidv7()];
      await store.access.insertAccount({
        id: accountId,
        revision: 1,
        createdAt: 1,
        updatedAt: 1,
        name: "ada",
        kind: "person",
        role: "admin",
        isDisabled: false,
        passwordHash: null,
      });
      const key = { id: keyId, accountId, createdAt: 1, name: "ci", start: "mr_", digest: "d", expiresAt: null };
      await store.access.insertApiKey({ ...key, usedAt: null });
      await store.access.insertSession({ digest: "s", accountId, createdAt: 1, expiresAt: 9e15 });
      const lease = { startedAt: 1, leaseExpiresAt: 9e15 };
      await store.writeProcess({ id: "p", host: "alder", bootId: "boot", pid: 1, startToken: "1", ...lease });
      expect(await store.settleCopy({ keepsKeys: true })).toEqual({ processes: 1, sessions: 1, apiKeys: 0 });
      expect(await store.access.readSession("s")).toBeNull();
      expect(await store.access.readApiKey(keyId)).toMatchObject({ name: "ci" });
      expect(await store.findProcesses(["p"])).toMatchObject([{ bootId: null, startToken: null, leaseExpiresAt: 0 }]);
      expect(await store.settleCopy({ keepsKeys: false })).toEqual({ processes: 1, sessions: 0, apiKeys: 1 });
      expect(await store.access.readApiKey(keyId)).toBeNull();
      expect(await store.access.readAccount({ id: accountId })).toMatchObject({ name: "ada" });
    });
  });
}
