import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import {
  aFlowRun,
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  readOne,
  record,
  startAt,
} from "./samples.testsuite.ts";

export function testLedgerAsAWhole(makeLedger: MakeLedger): void {
  describe("deleting a flow run", () => {
    const used = useStore(makeLedger);

    test("takes all that is its own and its children's, and nothing else", async () => {
      const { store } = used;
      const run = await create(store);
      const child = await create(store, { parentRunId: run.id });
      const grandchild = await create(store, { parentRunId: child.id });
      const other = await create(store);
      const all = [run, child, grandchild, other];
      for (const { id } of all) {
        const cache = { key: `cache of ${id}`, expiresAt: null };
        await record(store, {
          taskRuns: [aTaskRun(id, undefined, { cache })],
          logs: [aLogLine(id, "hello")],
          artifacts: [anArtifact(id)],
        });
        await store.writeRunInput({ flowRunId: id, key: "k", id: "1", value: "1", sender: null, createdAt: startAt });
      }
      expect(await store.deleteFlowRun(run.id)).toBe(true);
      const left = async (id: string): Promise<readonly number[]> => [
        (await store.readFlowRuns([id])).length,
        (await store.readRecords(id)).length,
        (await store.findLogs({ flowRunIds: [id] }, {})).items.length,
        (await store.findArtifacts({ flowRunIds: [id] }, {})).items.length,
        (await store.findRunInputs(id)).length,
        (await store.readCacheEntry(`cache of ${id}`)) === null ? 0 : 1,
      ];
      for (const { id } of all.slice(0, 3)) expect(await left(id)).toEqual([0, 0, 0, 0, 0, 1]);
      expect(await left(other.id)).toEqual([1, 1, 1, 1, 1, 1]);
    });

    test("is false when there is none", async () => {
      expect(await used.store.deleteFlowRun(uuidv7())).toBe(false);
      expect(await used.store.deleteFlowRun("no id")).toBe(false);
    });

    test("takes a run of several thousand rows", async () => {
      const run = await create(used.store);
      await record(used.store, {
        taskRuns: Array.from({ length: 2500 }, () => aTaskRun(run.id)),
        logs: Array.from({ length: 2000 }, (_, index) => aLogLine(run.id, String(index))),
      });
      expect(await used.store.deleteFlowRun(run.id)).toBe(true);
      expect(await used.store.readRecords(run.id)).toEqual([]);
      expect((await used.store.findLogs({ flowRunIds: [run.id] }, {})).items).toEqual([]);
    });

    test("lets others have their turn while it deletes many rows", async () => {
      const run = await create(used.store);
      await record(used.store, { logs: Array.from({ length: 5000 }, () => aLogLine(run.id, "x")) });
      let turns = 0;
      let isGoing = true;
      const takeTurn = (): void => {
        turns++;
        if (isGoing) setImmediate(takeTurn);
      };
      setImmediate(takeTurn);
      expect(await used.store.deleteFlowRun(run.id)).toBe(true);
      isGoing = false;
      expect(turns).toBeGreaterThanOrEqual(4);
    });

    test("stays whole unless it and its children have ended in time, where that is asked for", async () => {
      const { store } = used;
      const ended = [aState("RUNNING"), aState("COMPLETED", startAt + 10)];
      const run = await create(store, { states: ended });
      const child = await create(store, { states: ended, parentRunId: run.id });
      const grandchild = await create(store, { parentRunId: child.id });
      await record(store, { logs: Array.from({ length: 1500 }, () => aLogLine(run.id, "x")) });
      const count = async (): Promise<readonly number[]> => [
        (await store.readFlowRuns([run.id, child.id, grandchild.id])).length,
        (await store.findLogs({ flowRunIds: [run.id] }, { limit: 2000 })).items.length,
      ];
      expect(await store.deleteFlowRun(run.id, { endedBefore: startAt + 100 })).toBe(false);
      const end = aTransition(grandchild, aState("FAILED", startAt + 20), { endedAt: startAt + 20 });
      await record(store, { transitions: [end] });
      expect(await store.deleteFlowRun(run.id, { endedBefore: startAt + 20 })).toBe(false);
      expect(await count()).toEqual([3, 1500]);
      expect(await store.deleteFlowRun(run.id, { endedBefore: startAt + 21 })).toBe(true);
      expect(await count()).toEqual([0, 0]);
    });

    test("stays when somebody has taken it, where only one that waits is to go", async () => {
      const { store } = used;
      const unowned = { ownerId: null };
      const first = await create(store, { ...unowned, states: [aState("SCHEDULED")] });
      const taken = [aState("SCHEDULED"), aState("PENDING", startAt + 10)];
      const second = await create(store, { ...unowned, states: taken });
      expect(await store.deleteFlowRun(second.id, { isWaiting: true })).toBe(false);
      expect(await store.deleteFlowRun(first.id, { isWaiting: true })).toBe(true);
      expect((await store.readFlowRuns([first.id, second.id])).map(({ id }) => id)).toEqual([second.id]);
    });

    test("or is taken up again, and then it stays", async () => {
      const other = await used.openAnother();
      const outcomes: boolean[] = [];
      for (let n = 0; n < 20; n++) {
        const run = await create(used.store, { states: [aState("RUNNING"), aState("FAILED", startAt + 10)] });
        await record(used.store, { taskRuns: [aTaskRun(run.id)] });
        const again = aTransition(run, aState("RUNNING", startAt + 20), { endedAt: null });
        const [isDeleted, { transitions }] = await Promise.all([
          other.deleteFlowRun(run.id, { endedBefore: startAt + 100 }),
          record(used.store, { transitions: [again] }),
        ]);
        const isTakenUp = (transitions[0] ?? null) !== null;
        outcomes.push(isDeleted !== isTakenUp);
        expect(await used.store.readFlowRuns([run.id])).toHaveLength(isTakenUp ? 1 : 0);
        expect(await used.store.readRecords(run.id)).toHaveLength(isTakenUp ? 1 : 0);
      }
      expect(outcomes).toEqual(Array<boolean>(20).fill(true));
    });

    test("frees its idempotency key", async () => {
      const run = await create(used.store, { idempotencyKey: "once" });
      await used.store.deleteFlowRun(run.id);
      const { created } = await record(used.store, { created: [aFlowRun({ idempotencyKey: "once" })] });
      expect(created[0]?.isNew).toBe(true);
    });
  });

  describe("a batch", () => {
    const used = useStore(makeLedger);

    test("is written whole or not at all", async () => {
      const run = aFlowRun();
      const broken = { ...aTaskRun(run.id), attempt: null as unknown as number };
      const log = aLogLine(run.id, "never");
      await expect(
        record(used.store, { created: [run], taskRuns: [aTaskRun(run.id), broken], logs: [log] }),
      ).rejects.toThrow(/attempt/);
      expect(await used.store.readFlowRuns([run.id])).toEqual([]);
      expect(await used.store.readRecords(run.id)).toEqual([]);
      expect((await used.store.findEvents({ flowRunIds: [run.id] }, {})).items).toEqual([]);
      expect((await record(used.store, { created: [run] })).created[0]?.isNew).toBe(true);
    });

    test("with everything in it is written in one go and in order", async () => {
      const run = aFlowRun();
      const expected = { stateTypes: ["RUNNING" as const], stateAt: startAt + 1, epoch: 1 };
      const outcome = await record(used.store, {
        created: [run],
        transitions: [{ id: run.id, expected, state: aState("COMPLETED", startAt + 2), endedAt: startAt + 2 }],
        taskRuns: [aTaskRun(run.id, [aState("RUNNING")]), aTaskRun(run.id)],
        logs: [aLogLine(run.id, "hello")],
        artifacts: [anArtifact(run.id)],
        events: [anEvent({ flowRunId: run.id })],
      });
      expect(outcome.stale).toEqual([]);
      expect((await used.store.findEvents({ flowRunIds: [run.id] }, {})).items.map(({ name }) => name)).toEqual([
        "millrace.flow-run.Pending",
        "millrace.flow-run.Running",
        "millrace.flow-run.Completed",
        "millrace.task-run.Running",
        "millrace.task-run.Completed",
        "order.placed",
      ]);
    });

    test("with nothing in it is nothing", async () => {
      expect(await record(used.store, {})).toEqual({ created: [], transitions: [], stale: [] });
    });

    test("with an id that is no UUID is refused", async () => {
      await expect(record(used.store, { created: [aFlowRun({ id: "run-1" })] })).rejects.toThrow("is-uuid");
      await expect(record(used.store, { taskRuns: [aTaskRun(null, undefined, { parentId: "1" })] })).rejects.toThrow(
        "is-uuid",
      );
      await expect(record(used.store, { created: [aFlowRun({ states: [] })] })).rejects.toThrow("has-state");
    });
  });

  describe("hostile texts", () => {
    const used = useStore(makeLedger);
    const hostile = "'; drop table flow_run; -- \0 \ud800 \u{1f600} \\u0000 \" {schema} $1 ? \u2028 \n";
    const clean = hostile.replace("\0", "\ufffd").replace("\ud800", "\ufffd");

    test("are kept, with U+FFFD where a text can have no such character", async () => {
      const { store } = used;
      const state = aState("RUNNING", startAt, { name: hostile, message: hostile });
      const run = await create(store, {
        flowName: hostile,
        name: hostile,
        parameters: JSON.stringify(hostile),
        tags: [hostile],
        idempotencyKey: hostile,
        environment: { cwd: hostile },
        ownerId: hostile,
        states: [state],
      });
      expect(run).toMatchObject({ flowName: clean, name: clean, idempotencyKey: clean, ownerId: clean });
      expect(run).toMatchObject({ tags: [clean], environment: { cwd: hostile } });
      expect(run.state.message).toBe(hostile);
      expect(await readOne(store, run.id)).toEqual(run);
      const { transitions } = await record(store, {
        transitions: [
          aTransition(run, aState("FAILED", startAt + 1, { name: hostile, message: hostile }), {
            name: hostile,
            claimFor: hostile,
            error: { name: hostile, message: hostile, code: null, stack: hostile, data: hostile },
          }),
        ],
      });
      expect(transitions[0]?.error?.stack).toBe(hostile);
      expect(await readOne(store, run.id)).toEqual(transitions[0]);

      const change = aTaskRun(run.id, undefined, {
        epoch: 2,
        taskName: hostile,
        name: hostile,
        key: hostile,
        inputPreview: hostile,
        tags: [hostile],
        reasonDetail: hostile,
        result: { storage: "inline", data: hostile },
        inputs: [{ parameter: hostile, taskRunId: uuidv7() }],
        cache: { key: hostile, expiresAt: null },
      });
      const artifact = anArtifact(run.id, { key: hostile, description: hostile, data: hostile });
      const event = anEvent({ name: hostile, flowRunId: run.id, resource: { [hostile]: hostile }, payload: hostile });
      await record(store, {
        taskRuns: [change],
        logs: [aLogLine(run.id, hostile, { logger: hostile, fields: JSON.stringify({ [hostile]: hostile }) })],
        artifacts: [artifact],
        events: [event],
      });
      const [row] = await store.readRecords(run.id);
      expect(row).toMatchObject({ taskName: clean, key: clean, inputPreview: clean, reasonDetail: clean });
      expect(row).toMatchObject({ tags: [clean], result: change.result, inputs: change.inputs });
      expect(await store.readCacheEntry(hostile)).toMatchObject({ key: hostile, result: change.result });
      const [line] = (await store.findLogs({ contains: hostile.toUpperCase() }, {})).items;
      expect(line).toMatchObject({ message: clean, logger: clean, fields: JSON.stringify({ [hostile]: hostile }) });
      expect((await store.findArtifacts({ keys: [hostile] }, {})).items).toEqual([
        { ...artifact, key: clean, description: clean, data: clean },
      ]);
      const { items } = await store.findEvents({ names: [hostile] }, {});
      expect(items).toMatchObject([{ name: clean, resource: { [hostile]: hostile }, payload: clean }]);
    });

    test("find what they named", async () => {
      const { store } = used;
      const count = async (filter: Parameters<typeof store.countFlowRuns>[0]): Promise<number> =>
        Object.values(await store.countFlowRuns(filter)).reduce((sum, each) => sum + each, 0);
      expect(await count({ flowNames: [hostile], nameContains: hostile })).toBe(1);
      expect(await count({ stateNames: [hostile, "none"], ownerIds: [hostile] })).toBe(1);
      expect(await count({ tags: [hostile] })).toBe(1);
      expect(await count({ tags: [`${hostile}!`] })).toBe(0);
      expect(await store.findOwnedRuns(hostile, ["FAILED"])).toHaveLength(1);
      const { created } = await record(store, { created: [aFlowRun({ flowName: hostile, idempotencyKey: hostile })] });
      expect(created[0]?.isNew).toBe(false);
    });

    test("of any length are taken where something is named", async () => {
      const { store } = used;
      const long = "ä".repeat(50_000);
      const run = await create(store, { flowName: long, name: long, idempotencyKey: long, ownerId: long });
      expect((await store.findFlowRuns({ flowNames: [long], ownerIds: [long] }, "name-asc", {})).items).toEqual([run]);
      const variable = { id: uuidv7(), revision: 1, createdAt: startAt, updatedAt: startAt };
      await store.insertObject("variable", { ...variable, name: long, value: long, tags: [long] }, null);
      const where = { field: "name", in: [long] };
      expect((await store.findObjects("variable", { where }, {})).items).toMatchObject([{ value: long, tags: [long] }]);
      await store.writeRunInput({ flowRunId: run.id, key: long, id: long, value: long, sender: long, createdAt: 1 });
      expect(await store.findRunInputs(run.id, long)).toMatchObject([{ value: long, sender: long }]);
    });
  });

  describe("pages", () => {
    const used = useStore(makeLedger);

    test.each(["", "!", "bm90IGpzb24", "W10", "WyJhc2MiLCJzZXEiLCIxIixudWxsXQ"])(
      "refuse what is no cursor of the list: %s",
      async (cursor) => {
        await expect(used.store.findTaskRuns({}, { cursor })).rejects.toMatchObject({ code: "USAGE" });
        await expect(used.store.findFlowRuns({}, "created-asc", { cursor })).rejects.toMatchObject({ code: "USAGE" });
      },
    );

    test("refuse a cursor of another order", async () => {
      for (let index = 0; index < 2; index++) await create(used.store);
      const { next } = await used.store.findFlowRuns({}, "created-asc", { limit: 1 });
      expect(next).toEqual(expect.any(String));
      await expect(used.store.findFlowRuns({}, "name-asc", { cursor: next })).rejects.toMatchObject({ code: "USAGE" });
      await expect(used.store.findFlowRuns({}, "created-desc", { cursor: next })).rejects.toMatchObject({
        code: "USAGE",
      });
    });

    test.each([0, -1, 1.5, Number.NaN])("refuse a limit of %s", async (limit) => {
      await expect(used.store.findLogs({}, { limit })).rejects.toMatchObject({ code: "USAGE" });
    });
  });

  describe("a store", () => {
    const used = useStore(makeLedger);

    test("sees what another store of the same ledger has recorded", async () => {
      const run = await create(used.store);
      await record(used.store, { taskRuns: [aTaskRun(run.id)], logs: [aLogLine(run.id, "hello")] });
      const other = await used.openAnother();
      expect(await other.readFlowRuns([run.id])).toEqual([run]);
      expect(await other.readRecords(run.id)).toEqual(await used.store.readRecords(run.id));
      expect(other.schemaVersion).toBe(used.store.schemaVersion);
    });

    test("finds a sound ledger sound", async () => {
      await create(used.store);
      expect(await used.store.check()).toEqual([]);
    });

    test("says which database it is, and how big the ledger is", async () => {
      await create(used.store);
      const { kind, version, sizeBytes } = await used.store.describe();
      expect(["sqlite", "postgres"]).toContain(kind);
      expect(version).toMatch(/^\d+\.\d+/);
      expect(sizeBytes).toBeGreaterThan(10_000);
    });

    test("says the version of its tables, and whether it can be written, which leaves no trace", async () => {
      await create(used.store);
      const lastEvent = async () => (await used.store.findEvents({}, {})).items.at(-1)?.seq;
      const before = await lastEvent();
      await used.store.tryWriting();
      const { version, serves } = await used.store.readSchemaVersion();
      // A later version may have carried it forward.
      expect(version).toBeGreaterThanOrEqual(used.store.schemaVersion);
      expect(serves).toBeGreaterThan(0);
      expect(serves).toBeLessThanOrEqual(used.store.schemaVersion);
      expect(await lastEvent()).toBe(before);
    });

    test("says what it holds, as far as its database has it", async () => {
      await create(used.store);
      const load = used.store.readLoad();
      const { kind } = await used.store.describe();
      const loads = {
        sqlite: { logBytes: expect.any(Number) as number, connections: null },
        postgres: {
          logBytes: null,
          connections: { busy: 0, idle: expect.any(Number) as number, max: expect.any(Number) as number, waiting: 0 },
        },
      };
      expect(load).toEqual(loads[kind]);
    });

    test("can be closed twice", async () => {
      const other = await used.openAnother();
      await expect(other.close()).resolves.toBeUndefined();
    });
  });
}
