import { describe, expect, test } from "vitest";
import type { FlowRun, FlowRunSort } from "../../contract/flow-run.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, aState, aTransition, create, readAll, readOne, record, startAt } from "./samples.testsuite.ts";

export function testFlowRuns(makeLedger: MakeLedger): void {
  describe("creating flow runs", () => {
    const used = useStore(makeLedger);

    test("keeps all that is given", async () => {
      const parentRunId = uuidv7();
      const run = aFlowRun({
        flowName: "Zug um Zug",
        parameters: '{"date":"2026-11-22"}',
        tags: ["nightly", "eu"],
        parentRunId,
        parentTaskRunId: uuidv7(),
        rootRunId: parentRunId,
        deploymentId: uuidv7(),
        workPoolId: uuidv7(),
        workQueueId: uuidv7(),
        autoScheduled: true,
        extra: { retries: 2, labels: { team: "ml" } },
        idempotencyKey: "2026-11-22",
        adopts: { runId: uuidv7(), until: "train" },
        version: "abc",
        entrypoint: { module: "file:///flows/train.ts", export: "pipeline" },
        environment: { node: "24.1.0", argv: ["node", "train.ts"], git: { commit: "0123", dirty: true } },
        states: [
          aState("SCHEDULED", startAt, { details: { scheduledAt: startAt + 500 }, message: "at noon" }),
          aState("PENDING", startAt + 600),
          aState("RUNNING", startAt + 601.5),
        ],
        ownerId: "process-9",
      });
      const { states, ...given } = run;
      const expected = {
        ...given,
        state: states[2],
        history: states,
        createdAt: startAt,
        expectedAt: startAt + 500,
        startedAt: startAt + 601.5,
        endedAt: null,
        runCount: 1,
        epoch: 1,
        result: null,
        error: null,
        dueAt: null,
      };
      expect((await record(used.store, { created: [run] })).created).toEqual([{ run: expected, isNew: true }]);
      expect(await used.store.readFlowRuns([run.id])).toEqual([expected]);
    });

    test("fills in what is not given", async () => {
      const run = await create(used.store, { states: [aState("SCHEDULED", startAt)], ownerId: null });
      expect(run).toMatchObject({
        rootRunId: run.id,
        parentRunId: null,
        tags: [],
        environment: {},
        expectedAt: startAt,
        startedAt: null,
        runCount: 0,
        epoch: 0,
        ownerId: null,
      });
    });

    test("returns the run that has the id already, as it is", async () => {
      const first = await create(used.store, { name: "first" });
      const { created } = await record(used.store, { created: [aFlowRun({ id: first.id, name: "second" })] });
      expect(created).toEqual([{ run: first, isNew: false }]);
      expect((await used.store.findEvents({ flowRunIds: [first.id] }, {})).items).toHaveLength(2);
    });

    test("returns the run that has the idempotency key already, within a flow", async () => {
      const first = await create(used.store, { idempotencyKey: "slot-1", flowName: "one" });
      const { created } = await record(used.store, {
        created: [
          aFlowRun({ idempotencyKey: "slot-1", flowName: "one" }),
          aFlowRun({ idempotencyKey: "slot-1", flowName: "two" }),
          aFlowRun({ idempotencyKey: null, flowName: "one" }),
        ],
      });
      expect(created.map(({ isNew, run }) => [isNew, run.id === first.id])).toEqual([
        [false, true],
        [true, false],
        [true, false],
      ]);
    });

    test("makes one run of an idempotency key that many ask for at once", async () => {
      const stores = await Promise.all([used.openAnother(), used.openAnother()]);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          record([used.store, ...stores][index % 3] as typeof used.store, {
            created: [aFlowRun({ idempotencyKey: "at once", flowName: "many" })],
          }),
        ),
      );
      const created = outcomes.flatMap((outcome) => outcome.created);
      expect(created.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(created.map(({ run }) => run.id)).size).toBe(1);
    });

    test("writes an event for each state it starts with", async () => {
      const run = await create(used.store, { name: "eventful", flowName: "f" });
      const { items } = await used.store.findEvents({ flowRunIds: [run.id] }, {});
      expect(items).toMatchObject([
        { name: "millrace.flow-run.Pending", at: startAt, flowRunId: run.id, taskRunId: null },
        { name: "millrace.flow-run.Running", at: startAt + 1, flowRunId: run.id, taskRunId: null },
      ]);
      expect(items[0]?.resource).toEqual({ id: `millrace.flow-run.${run.id}`, name: "eventful", flow: "f" });
    });
  });

  describe("transitions of flow runs", () => {
    const used = useStore(makeLedger);

    test("set the state and what goes with it, and keep the rest", async () => {
      const run = await create(used.store, { environment: { node: "24" } });
      const state = aState("FAILED", startAt + 2, { name: "TimedOut", message: "took too long" });
      const error = { name: "Error", message: "too long", code: "TIMED_OUT", stack: null, data: null };
      const { transitions } = await record(used.store, {
        transitions: [aTransition(run, state, { endedAt: state.at, error, releases: true })],
      });
      const expected = { ...run, state, history: [...run.history, state], endedAt: state.at, error, ownerId: null };
      expect(transitions).toEqual([expected]);
      expect(await readOne(used.store, run.id)).toEqual(expected);
    });

    test("can set everything that may change, and set it back to nothing", async () => {
      const run = await create(used.store);
      const ended = aState("COMPLETED", startAt + 2);
      const result = { storage: "inline", data: "1" } as const;
      const first = await record(used.store, {
        transitions: [
          aTransition(run, ended, {
            startedAt: startAt + 1.5,
            endedAt: startAt + 2,
            runCount: 3,
            result,
            environment: { host: "a" },
            name: "renamed",
          }),
        ],
      });
      expect(first.transitions[0]).toMatchObject({
        startedAt: startAt + 1.5,
        endedAt: startAt + 2,
        runCount: 3,
        result,
        environment: { host: "a" },
        name: "renamed",
        ownerId: "process-1",
        epoch: 1,
      });
      const again = aState("RUNNING", startAt + 3, { name: "Retrying" });
      const second = await record(used.store, {
        transitions: [
          aTransition({ ...run, state: ended }, again, { startedAt: null, endedAt: null, result: null, error: null }),
        ],
      });
      expect(second.transitions[0]).toMatchObject({ startedAt: null, endedAt: null, result: null, name: "renamed" });
    });

    test("a claim raises the epoch and names the owner", async () => {
      const run = await create(used.store, { states: [aState("SCHEDULED")], ownerId: null });
      const claimed = await record(used.store, {
        transitions: [aTransition(run, aState("RUNNING", startAt + 1), { claimFor: "process-2", runCount: 1 })],
      });
      expect(claimed.transitions[0]).toMatchObject({ epoch: 1, ownerId: "process-2", runCount: 1 });
    });

    test.each([
      ["of another type", { stateTypes: ["PAUSED" as const] }],
      ["of another time", { stateAt: startAt + 0.5 }],
      ["with a lower epoch", { epoch: 0 }],
      ["with a higher epoch", { epoch: 2 }],
    ])("write nothing where the run is not as expected: %s", async (_, wrong) => {
      const run = await create(used.store);
      const right = aTransition(run, aState("CANCELLING", startAt + 2));
      const { transitions } = await record(used.store, {
        transitions: [{ ...right, expected: { ...right.expected, ...wrong } }],
      });
      expect(transitions).toEqual([null]);
      expect(await readOne(used.store, run.id)).toEqual(run);
      expect((await used.store.findEvents({ flowRunIds: [run.id] }, {})).items).toHaveLength(2);
    });

    test("of a run that is not there write nothing", async () => {
      const run = await create(used.store);
      const { transitions } = await record(used.store, {
        transitions: [aTransition({ ...run, id: uuidv7() }, aState("FAILED", startAt + 2))],
      });
      expect(transitions).toEqual([null]);
    });

    test("succeed one by one within a batch, each on what the one before it made", async () => {
      const run = await create(used.store);
      const cancelling = aState("CANCELLING", startAt + 2);
      const { transitions } = await record(used.store, {
        transitions: [
          aTransition(run, cancelling),
          aTransition(run, aState("FAILED", startAt + 3)),
          aTransition({ ...run, state: cancelling }, aState("CANCELLED", startAt + 4)),
        ],
      });
      expect(transitions.map((each) => each?.state.type ?? null)).toEqual(["CANCELLING", null, "CANCELLED"]);
    });

    test("of a run that the same batch creates succeed", async () => {
      const created = aFlowRun();
      const expected = { stateTypes: ["RUNNING" as const], stateAt: startAt + 1, epoch: 1 };
      const outcome = await record(used.store, {
        created: [created],
        transitions: [{ id: created.id, expected, state: aState("COMPLETED", startAt + 2) }],
      });
      expect(outcome.transitions[0]?.history).toHaveLength(3);
    });

    test("let one of many that expect the same win", async () => {
      const run = await create(used.store);
      const other = await used.openAnother();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          record(index % 2 === 0 ? used.store : other, {
            transitions: [aTransition(run, aState("FAILED", startAt + 2 + index), { claimFor: `process-${index}` })],
          }),
        ),
      );
      const winners = outcomes.flatMap(({ transitions }) => transitions).filter((each) => each !== null);
      expect(winners).toHaveLength(1);
      expect(await readOne(used.store, run.id)).toEqual(winners[0]);
      expect(winners[0]?.epoch).toBe(2);
    });

    test("of many runs in batches of opposite order all go through", async () => {
      const runs = await Promise.all(Array.from({ length: 20 }, () => create(used.store)));
      const other = await used.openAnother();
      const cancel = runs.map((run) => aTransition(run, aState("CANCELLING", startAt + 2)));
      const [one, two] = await Promise.all([
        record(used.store, { transitions: cancel }),
        record(other, { transitions: cancel.toReversed() }),
      ]);
      const won = (outcome: typeof one): number => outcome.transitions.filter((each) => each !== null).length;
      expect([won(one), won(two)].toSorted((a, b) => a - b)).toEqual([0, 20]);
    });
  });

  describe("lists of flow runs", () => {
    const used = useStore(makeLedger);
    const names = ["delta", "alpha", "Bravo", "charlie", "Alpha"];
    let runs: Awaited<ReturnType<typeof create>>[] = [];

    test("find by each filter, and by all of them together", async () => {
      const { store } = used;
      runs = [];
      for (const [index, name] of names.entries()) {
        const at = startAt + index * 10;
        const running = [aState("PENDING", at), aState("RUNNING", at + 1)];
        runs.push(
          await create(store, {
            name,
            flowName: index < 2 ? "etl" : "training",
            tags: index % 2 === 0 ? ["even", "all"] : ["all"],
            parentRunId: index === 4 ? (runs[0]?.id ?? null) : null,
            ownerId: index === 3 ? null : `process-${index}`,
            states: index === 3 ? [aState("SCHEDULED", at, { name: "Late" })] : running,
          }),
        );
      }
      const found = async (filter: Parameters<typeof store.findFlowRuns>[0]): Promise<string> =>
        (await store.findFlowRuns(filter, "created-asc", {})).items.map(({ name }) => name).join(" ");
      const id = (index: number): string => runs[index]?.id ?? "";

      expect(await found({})).toBe(names.join(" "));
      expect(await found({ ids: [id(2), uuidv7(), id(0), "no id"] })).toBe("delta Bravo");
      expect(await found({ ids: [] })).toBe("");
      expect(await found({ idPrefix: id(1).slice(0, 30) })).toContain("alpha");
      expect(await found({ idPrefix: id(1) })).toBe("alpha");
      expect(await found({ idPrefix: id(1).replaceAll("-", "") })).toBe("");
      expect(await found({ idPrefix: "%" })).toBe("");
      expect(await found({ idPrefix: "" })).toBe(names.join(" "));
      expect(await found({ flowNames: ["etl"] })).toBe("delta alpha");
      expect(await found({ flowNames: ["training", "none"] })).toBe("Bravo charlie Alpha");
      expect(await found({ flowNames: [] })).toBe("");
      expect(await found({ nameContains: "ALPH" })).toBe("alpha Alpha");
      expect(await found({ nameContains: "_lpha" })).toBe("");
      expect(await found({ nameContains: "%" })).toBe("");
      expect(await found({ stateTypes: ["SCHEDULED"] })).toBe("charlie");
      expect(await found({ stateTypes: ["RUNNING", "PAUSED"] })).toBe("delta alpha Bravo Alpha");
      expect(await found({ stateNames: ["Late", "Running"] })).toBe(names.join(" "));
      expect(await found({ stateNames: ["late"] })).toBe("");
      expect(await found({ tags: ["even", "all"] })).toBe("delta Bravo Alpha");
      expect(await found({ tags: ["even", "odd"] })).toBe("");
      expect(await found({ tags: [] })).toBe(names.join(" "));
      expect(await found({ parentRunIds: [id(0)] })).toBe("Alpha");
      expect(await found({ rootsOnly: true })).toBe("delta alpha Bravo charlie");
      expect(await found({ ownerIds: ["process-1", "process-2"] })).toBe("alpha Bravo");
      expect(await found({ createdAfter: startAt + 10 })).toBe("Bravo charlie Alpha");
      expect(await found({ createdBefore: startAt + 10 })).toBe("delta");
      expect(await found({ tags: ["even"], flowNames: ["training"], rootsOnly: true, nameContains: "r" })).toBe(
        "Bravo",
      );
      expect(await store.countFlowRuns({})).toEqual({ RUNNING: 4, SCHEDULED: 1 });
      expect(await store.countFlowRuns({ flowNames: ["etl"] })).toEqual({ RUNNING: 2 });
      expect(await store.countFlowRuns({ ids: [] })).toEqual({});
    });

    test.each<[FlowRunSort, string]>([
      ["created-asc", "delta alpha Bravo charlie Alpha"],
      ["created-desc", "Alpha charlie Bravo alpha delta"],
      ["name-asc", "Alpha Bravo alpha charlie delta"],
      ["started-desc", "Alpha Bravo alpha delta charlie"],
    ])("sorted %s, in pages of any size", async (sort, expected) => {
      for (const limit of [1, 2, 3, 5, 6]) {
        const { items, pages } = await readAll((page) => used.store.findFlowRuns({}, sort, page), limit);
        expect(items.map(({ name }) => name).join(" ")).toBe(expected);
        expect(pages).toBe(Math.ceil(5 / limit));
      }
    });

    test("sorted by their ends, those without one last", async () => {
      const [first, second] = runs as [(typeof runs)[number], (typeof runs)[number]];
      await record(used.store, {
        transitions: [
          aTransition(first, aState("COMPLETED", startAt + 99), { endedAt: startAt + 99 }),
          aTransition(second, aState("FAILED", startAt + 98), { endedAt: startAt + 98 }),
        ],
      });
      const { items } = await readAll((page) => used.store.findFlowRuns({}, "ended-desc", page), 2);
      expect(items.map(({ name }) => name).slice(0, 2)).toEqual(["delta", "alpha"]);
      expect(items).toHaveLength(5);
    });

    test("show each run once although runs are created between two pages", async () => {
      const first = await used.store.findFlowRuns({}, "created-desc", { limit: 3 });
      await create(used.store, { name: "newer", states: [aState("PENDING", startAt + 1000)] });
      const second = await used.store.findFlowRuns({}, "created-desc", { limit: 3, cursor: first.next });
      const shown = [...first.items, ...second.items].map(({ name }) => name);
      expect(shown).toEqual(["Alpha", "charlie", "Bravo", "alpha", "delta"]);
    });

    test("of ids come in the order of the ids", async () => {
      const ids = [runs[3], runs[0], runs[3]].map((run) => run?.id ?? "");
      expect((await used.store.readFlowRuns([...ids, uuidv7(), "no id"])).map(({ id }) => id)).toEqual(ids);
    });

    test("of an owner are those in the states asked for", async () => {
      const owned = async (...types: Parameters<typeof used.store.findOwnedRuns>[1]): Promise<number> =>
        (await used.store.findOwnedRuns("process-2", types)).length;
      expect([await owned("RUNNING"), await owned("PAUSED", "RUNNING"), await owned("PAUSED"), await owned()]).toEqual([
        1, 1, 0, 0,
      ]);
    });
  });

  describe("rows of flow runs", () => {
    const used = useStore(makeLedger);

    test("have nothing that can be long", async () => {
      const { store } = used;
      const long = "\u{1f600}".repeat(5000);
      const { id } = await create(store, { name: long, parameters: JSON.stringify(long), tags: ["rows"] });
      const [run] = await store.readFlowRuns([id]);
      const error = { name: "TypeError", message: long, code: "TASK_FAILED", stack: long, data: null };
      const failed = aState("FAILED", startAt + 9, { message: `bad${long}` });
      await record(store, { transitions: [aTransition(run as FlowRun, failed, { error, endedAt: startAt + 9 })] });
      const { items } = await store.findFlowRunRows({ ids: [id] }, "created-desc", {});
      const cut = `${"\u{1f600}".repeat(99)}…`;
      expect(items).toMatchObject([
        {
          id,
          flowName: "training",
          tags: ["rows"],
          state: { type: "FAILED", name: "Failed", at: startAt + 9, message: `bad${"\u{1f600}".repeat(98)}…` },
          error: { name: "TypeError", code: "TASK_FAILED", message: cut },
          endedAt: startAt + 9,
          autoScheduled: false,
          dueAt: null,
        },
      ]);
      expect(JSON.stringify(items).length).toBeLessThan(2500);
    });
  });
}
