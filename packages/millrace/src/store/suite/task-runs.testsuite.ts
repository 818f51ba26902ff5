import { describe, expect, test } from "vitest";
import type { CacheEntry } from "../../contract/task-run.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aState, aTaskRun, aTransition, create, further, readAll, record, startAt } from "./samples.testsuite.ts";

export function testTaskRuns(makeLedger: MakeLedger): void {
  describe("recording task runs", () => {
    const used = useStore(makeLedger);
    const read = async (id: string) => (await used.store.findTaskRuns({ ids: [id] }, {})).items[0];
    const eventsOf = async (flowRunId: string): Promise<readonly string[]> =>
      (await used.store.findEvents({ flowRunIds: [flowRunId] }, {})).items
        .filter(({ taskRunId }) => taskRunId !== null)
        .map(({ name, payload }) => name.replace("millrace.task-run.", "") + (payload ?? ""));

    test("keeps all that is given", async () => {
      const run = await create(used.store);
      const failed = aState("FAILED", startAt + 2.001, { message: "no rows", details: { cacheKey: "k" } });
      const change = aTaskRun(run.id, [aState("PENDING"), failed], {
        parentId: uuidv7(),
        kind: "flow",
        name: "train fold 1",
        inputs: [{ parameter: "rows", taskRunId: uuidv7() }],
        tags: ["gpu"],
        attempt: 3,
        reason: "upstream-failed",
        reasonDetail: "load",
        cacheKey: "key",
        childFlowRunId: uuidv7(),
        startedAt: startAt + 0.001,
        result: { storage: "stored", store: "file", key: "ab/cd", sizeBytes: 12, serializer: "json" },
        error: { name: "Error", message: "no rows", code: null, stack: "Error: no rows\n  at x", data: "{}" },
      });
      await record(used.store, { taskRuns: [change] });
      const { newStates: _, epoch: __, ...row } = change;
      expect(await read(change.id)).toEqual({ ...row, extra: null, seq: expect.any(Number) });
    });

    test("adds the state to a history that does not end with it", async () => {
      const run = await create(used.store);
      const change = { ...aTaskRun(run.id, []), state: aState("PENDING"), newStates: 0 };
      await record(used.store, { taskRuns: [change] });
      expect(await read(change.id)).toMatchObject({ state: aState("PENDING"), history: [aState("PENDING")] });
    });

    test("tells of each change with new states by one event, which names those passed", async () => {
      const run = await create(used.store);
      const pending = aTaskRun(run.id, [aState("PENDING"), aState("RUNNING", startAt + 1)]);
      const retried = {
        ...further(pending, aState("SCHEDULED", startAt + 2, { name: "AwaitingRetry" })),
        newStates: 1,
      };
      const done = {
        ...further(
          further(retried, aState("RUNNING", startAt + 3, { name: "Retrying" })),
          aState("COMPLETED", startAt + 4),
        ),
        newStates: 2,
      };
      for (const taskRuns of [[pending], [retried], [{ ...retried, newStates: 0, attempt: 2 }], [done]]) {
        await record(used.store, { taskRuns });
      }
      expect(await eventsOf(run.id)).toEqual([
        'Running{"passed":["Pending"]}',
        "AwaitingRetry",
        'Completed{"passed":["Retrying"]}',
      ]);
      const [event] = (await used.store.findEvents({ names: ["millrace.task-run.AwaitingRetry"] }, {})).items;
      expect(event).toMatchObject({
        at: startAt + 2,
        resource: { id: `millrace.task-run.${pending.id}`, name: "train", task: "train", flow: "training" },
      });
    });

    test("a change without new states is written, and tells nothing", async () => {
      const run = await create(used.store);
      const change = aTaskRun(run.id, [aState("RUNNING")]);
      await record(used.store, { taskRuns: [change] });
      await record(used.store, { taskRuns: [{ ...change, newStates: 0, reasonDetail: "more is known" }] });
      expect(await read(change.id)).toMatchObject({ reasonDetail: "more is known" });
      expect(await eventsOf(run.id)).toEqual(["Running"]);
    });

    test("the same batch twice is harmless", async () => {
      const run = await create(used.store);
      const running = aTaskRun(run.id, [aState("RUNNING")]);
      const done = aTaskRun(run.id, undefined, { cache: { key: run.id, expiresAt: null } });
      const before = await record(used.store, { taskRuns: [running, done] });
      const rows = await used.store.readRecords(run.id);
      expect(await record(used.store, { taskRuns: [running, done] })).toEqual(before);
      expect(await used.store.readRecords(run.id)).toEqual(rows);
      expect(await eventsOf(run.id)).toHaveLength(2);
    });

    test("a state that has been left comes too late, as what was sent twice may", async () => {
      const run = await create(used.store);
      const [pending, running] = [aState("PENDING"), aState("RUNNING", startAt + 1)];
      const begun = aTaskRun(run.id, [pending, running]);
      const waits = aState("SCHEDULED", startAt + 2, { name: "AwaitingRetry" });
      await record(used.store, { taskRuns: [begun] });
      await record(used.store, { taskRuns: [{ ...further(begun, waits), newStates: 1 }] });
      await record(used.store, { taskRuns: [begun] });
      await record(used.store, { taskRuns: [{ ...begun, reopens: true }] });
      expect(await read(begun.id)).toMatchObject({ state: waits, history: [pending, running, waits] });
      expect(await eventsOf(run.id)).toEqual(['Running{"passed":["Pending"]}', "AwaitingRetry"]);
    });

    test("an end stays, unless a change reopens it", async () => {
      const run = await create(used.store);
      const failed = aTaskRun(run.id, [aState("RUNNING"), aState("FAILED", startAt + 1)]);
      await record(used.store, { taskRuns: [failed] });
      const row = await read(failed.id);
      const running = further(failed, aState("RUNNING", startAt + 2));
      await record(used.store, { taskRuns: [running, further(failed, aState("COMPLETED", startAt + 3))] });
      expect(await read(failed.id)).toEqual(row);
      expect(await eventsOf(run.id)).toHaveLength(1);

      await record(used.store, { taskRuns: [{ ...running, reopens: true }] });
      expect(await read(failed.id)).toMatchObject({ state: running.state, history: running.history, seq: row?.seq });
      const completed = further(running, aState("COMPLETED", startAt + 3));
      await record(used.store, { taskRuns: [completed] });
      expect((await read(failed.id))?.history.map(({ name }) => name)).toEqual([
        "Running",
        "Failed",
        "Running",
        "Completed",
      ]);
    });

    test("several changes of a task run in one batch are written in their order", async () => {
      const run = await create(used.store);
      const one = aTaskRun(run.id, [aState("RUNNING")]);
      const other = aTaskRun(run.id, [aState("RUNNING")], { taskName: "other" });
      const ended = further(one, aState("COMPLETED", startAt + 1));
      await record(used.store, { taskRuns: [one, other, ended, further(one, aState("FAILED", startAt + 2))] });
      expect((await used.store.readRecords(run.id)).map(({ taskName, state }) => [taskName, state.name])).toEqual([
        ["train", "Completed"],
        ["other", "Running"],
      ]);
      expect(await eventsOf(run.id)).toEqual(["Running", "Running", "Completed"]);
    });

    test("those of a run that another has claimed are refused, and the others of the batch are not", async () => {
      const stale = await create(used.store);
      const mine = await create(used.store);
      await record(used.store, {
        transitions: [aTransition(stale, aState("RUNNING", startAt + 9, { name: "Resuming" }), { claimFor: "other" })],
      });
      const gone = uuidv7();
      const outcome = await record(used.store, {
        taskRuns: [aTaskRun(stale.id), aTaskRun(mine.id), aTaskRun(stale.id), aTaskRun(gone), aTaskRun(null)],
      });
      expect(outcome.stale.toSorted()).toEqual([stale.id, gone].toSorted());
      expect(await used.store.readRecords(stale.id)).toEqual([]);
      expect(await used.store.readRecords(gone)).toEqual([]);
      expect(await used.store.readRecords(mine.id)).toHaveLength(1);
      const newOwner = await record(used.store, { taskRuns: [aTaskRun(stale.id, undefined, { epoch: 2 })] });
      expect(newOwner.stale).toEqual([]);
      expect(await used.store.readRecords(stale.id)).toHaveLength(1);
    });

    test("those of a run that the same batch creates or claims are taken", async () => {
      const run = await create(used.store);
      const { stale } = await record(used.store, {
        transitions: [aTransition(run, aState("RUNNING", startAt + 9, { name: "Resuming" }), { claimFor: "other" })],
        taskRuns: [aTaskRun(run.id, undefined, { epoch: 2 })],
      });
      expect(stale).toEqual([]);
    });

    test("a claim and a batch of the old owner at the same time: the batch is before the claim, or refused", async () => {
      const other = await used.openAnother();
      for (let round = 0; round < 20; round++) {
        const run = await create(used.store);
        const claim = aTransition(run, aState("RUNNING", startAt + 9, { name: "Resuming" }), { claimFor: "other" });
        const [{ stale }, seen] = await Promise.all([
          record(used.store, { taskRuns: [aTaskRun(run.id)] }),
          record(other, { transitions: [claim] }).then(() => other.readRecords(run.id)),
        ]);
        expect(seen).toHaveLength(stale.length === 0 ? 1 : 0);
      }
    });
  });

  describe("the cache", () => {
    const used = useStore(makeLedger);

    test("has what completed changes keep, the last of a key", async () => {
      const run = await create(used.store);
      const cache = { key: "train-1", expiresAt: startAt + 1000.5 };
      const first = aTaskRun(run.id, undefined, { cache });
      const second = aTaskRun(run.id, undefined, { cache, result: { storage: "inline", data: "2" } });
      await record(used.store, { taskRuns: [first, second] });
      expect(await used.store.readCacheEntry("train-1")).toEqual({
        key: "train-1",
        result: second.result,
        taskRunId: second.id,
        createdAt: second.state.at,
        expiresAt: startAt + 1000.5,
      });
      await record(used.store, {
        taskRuns: [aTaskRun(null, undefined, { cache: { key: "train-1", expiresAt: null } })],
      });
      expect(await used.store.readCacheEntry("train-1")).toMatchObject({ expiresAt: null, result: first.result });
    });

    test("has nothing of what did not complete, has no result, or was refused", async () => {
      const run = await create(used.store);
      const cache = { key: "never", expiresAt: null };
      const failed = [aState("RUNNING"), aState("FAILED", startAt + 1)];
      await record(used.store, {
        taskRuns: [
          aTaskRun(run.id, failed, { cache, result: { storage: "inline", data: "1" } }),
          aTaskRun(run.id, undefined, { cache, result: null }),
          aTaskRun(run.id, undefined, { cache, epoch: 0 }),
        ],
      });
      expect(await used.store.readCacheEntry("never")).toBeNull();
    });

    test("keeps what is kept once for whoever was first, of many at once", async () => {
      const key = "transaction|day-1";
      const entries = Array.from({ length: 10 }, (_, at): CacheEntry => {
        return {
          key,
          result: { storage: "inline", data: `${at}` },
          taskRunId: uuidv7(),
          createdAt: startAt,
          expiresAt: null,
        };
      });
      const kept = await Promise.all(entries.map((entry) => used.store.keepOnce(entry)));
      const [first] = kept;
      expect(entries).toContainEqual(first);
      for (const each of kept) expect(each).toEqual(first);
      expect(await used.store.readCacheEntry(key)).toEqual(first);
      const [other] = entries.filter(({ taskRunId }) => taskRunId !== first?.taskRunId);
      expect(await used.store.dropKept(key, other?.taskRunId ?? "")).toBe(false);
      expect(await used.store.dropKept(key, "no id")).toBe(false);
      expect(await used.store.dropKept(key, first?.taskRunId ?? "")).toBe(true);
      expect(await used.store.readCacheEntry(key)).toBeNull();
    });

    test("keeps once in the place of what has expired", async () => {
      const key = "transaction|old";
      const entry: CacheEntry = {
        key,
        result: { storage: "inline", data: "1" },
        taskRunId: uuidv7(),
        createdAt: startAt,
        expiresAt: startAt + 5,
      };
      await used.store.keepOnce(entry);
      const early = { ...entry, taskRunId: uuidv7(), createdAt: startAt + 4, expiresAt: null };
      expect(await used.store.keepOnce(early)).toEqual(entry);
      const later = { ...early, createdAt: startAt + 5 };
      expect(await used.store.keepOnce(later)).toEqual(later);
    });

    test("takes keys of any length, and tells them apart", async () => {
      const long = "k".repeat(100_000);
      const keep = (key: string, data: string) =>
        aTaskRun(null, undefined, { cache: { key, expiresAt: null }, result: { storage: "inline", data } });
      await record(used.store, { taskRuns: [keep(`${long}1`, "1"), keep(`${long}2`, "2")] });
      expect(await used.store.readCacheEntry(`${long}1`)).toMatchObject({ key: `${long}1`, result: { data: "1" } });
      expect(await used.store.readCacheEntry(`${long}2`)).toMatchObject({ result: { data: "2" } });
      expect(await used.store.readCacheEntry(long)).toBeNull();
    });
  });

  describe("lists of task runs", () => {
    const used = useStore(makeLedger);

    test("find by each filter, in the order first seen, in pages of any size", async () => {
      const { store } = used;
      const [one, two] = [await create(store), await create(store)];
      const parent = aTaskRun(one.id, [aState("RUNNING")], { taskName: "parent" });
      const child = aTaskRun(one.id, undefined, { taskName: "child", parentId: parent.id });
      const sleep = aTaskRun(two.id, undefined, { taskName: "sleep", kind: "sleep" });
      const outside = aTaskRun(null, [aState("FAILED")], { taskName: "outside" });
      await record(store, { taskRuns: [parent, child] });
      await record(store, { taskRuns: [sleep, outside] });
      await record(store, { taskRuns: [further(parent, aState("COMPLETED", startAt + 5))] });
      const found = async (filter: Parameters<typeof store.findTaskRuns>[0]): Promise<string> =>
        (await store.findTaskRuns(filter, {})).items.map(({ taskName }) => taskName).join(" ");

      expect(await found({})).toBe("parent child sleep outside");
      expect(await found({ ids: [outside.id, parent.id] })).toBe("parent outside");
      expect(await found({ idPrefix: child.id })).toBe("child");
      expect(await found({ idPrefix: "zz" })).toBe("");
      expect(await found({ flowRunIds: [one.id] })).toBe("parent child");
      expect(await found({ flowRunIds: [two.id, one.id] })).toBe("parent child sleep");
      expect(await found({ parentIds: [parent.id] })).toBe("child");
      expect(await found({ taskNames: ["outside", "sleep"] })).toBe("sleep outside");
      expect(await found({ stateTypes: ["FAILED"] })).toBe("outside");
      expect(await found({ kinds: ["sleep", "wait"] })).toBe("sleep");
      expect(await found({ flowRunIds: [one.id], stateTypes: ["COMPLETED"], kinds: ["task"] })).toBe("parent child");
      expect((await store.readRecords(one.id)).map(({ taskName }) => taskName)).toEqual(["parent", "child"]);
      expect((await store.readRecords(one.id, parent.id)).map(({ taskName }) => taskName)).toEqual(["child"]);
      expect(await store.readRecords("no id")).toEqual([]);
      for (const limit of [1, 2, 3, 4]) {
        const { items, pages } = await readAll((page) => store.findTaskRuns({}, page), limit);
        expect(items.map(({ taskName }) => taskName).join(" ")).toBe("parent child sleep outside");
        expect(pages).toBe(Math.ceil(4 / limit));
      }
    });

    test("count by task and state, in the order the tasks were first seen", async () => {
      const run = await create(used.store);
      const done = (taskName: string, endedAt: number, startedAt: number) =>
        aTaskRun(run.id, [aState("COMPLETED", endedAt)], { taskName, startedAt });
      await record(used.store, {
        taskRuns: [
          done("train", startAt + 5, startAt + 3),
          aTaskRun(run.id, [aState("COMPLETED", startAt + 6, { name: "Cached" })], { taskName: "load" }),
          done("train", startAt + 9, startAt + 2),
          aTaskRun(run.id, [aState("PENDING")], { taskName: "load" }),
        ],
      });
      const times = { firstStartedAt: null, lastEndedAt: null };
      expect(await used.store.countTaskRuns(run.id)).toEqual([
        {
          taskName: "train",
          stateType: "COMPLETED",
          stateName: "Completed",
          count: 2,
          firstStartedAt: startAt + 2,
          lastEndedAt: startAt + 9,
        },
        { ...times, taskName: "load", stateType: "COMPLETED", stateName: "Cached", count: 1, lastEndedAt: startAt + 6 },
        { ...times, taskName: "load", stateType: "PENDING", stateName: "Pending", count: 1 },
      ]);
      expect(await used.store.countTaskRuns("no id")).toEqual([]);
    });

    test("take a filter of ten thousand ids, and give pages of ten thousand", async () => {
      const run = await create(used.store);
      const changes = Array.from({ length: 10_000 }, (_, index) =>
        aTaskRun(run.id, undefined, { taskName: `t${index % 10}`, key: `t~${index}` }),
      );
      await record(used.store, { taskRuns: changes });
      const ids = changes.map(({ id }) => id);
      const { items, next } = await used.store.findTaskRuns({ ids }, { limit: 20_000 });
      expect([items.length, next]).toEqual([10_000, null]);
      expect(items.map(({ id }) => id)).toEqual(ids);
      expect((await used.store.findTaskRuns({ flowRunIds: [run.id] }, {})).items).toHaveLength(200);
    });
  });
}
