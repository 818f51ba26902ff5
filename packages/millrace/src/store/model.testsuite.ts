/** Random commands, done by a store and by a model of it: after each, both must say the same. */

import { deepEqual, equal, partialDeepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FlowRunFilter, FlowRunSort, NewFlowRun } from "../contract/flow-run.ts";
import { stateTypes, type State } from "../contract/states.ts";
import type { Store, StoreBatch } from "../contract/store.ts";
import type { TaskRunChange, TaskRunFilter } from "../contract/task-run.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { keptCommands } from "./kept-commands.testsuite.ts";
import type { MakeLedger, TestLedger } from "./suite/ledger.testsuite.ts";
import { clean, Model } from "./suite/model.testsuite.ts";
import { aLogLine, anArtifact, anEvent, aTaskRun, readAll, startAt } from "./suite/samples.testsuite.ts";

const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);
const cases = Math.max(1, Math.round(100 * factor));
const caseTimeoutMs = 1_000;

interface Real {
  readonly ledger: TestLedger;
  store: Store;
}

type Command = fc.AsyncCommand<Model, Real>;

// Few ids, names and times, so that they meet.
const flowIds = Array.from({ length: 6 }, (_, index) => uuidFromHash(`flow run ${index}`));
const taskIds = Array.from({ length: 10 }, (_, index) => uuidFromHash(`task run ${index}`));
const artifactIds = Array.from({ length: 4 }, (_, index) => uuidFromHash(`artifact ${index}`));
const eventIds = Array.from({ length: 4 }, (_, index) => uuidFromHash(`event ${index}`));
const names = ["alpha", "ALPHA beta", "50%_off", "", "\0 \ud800", "ß\u{1f600}"];
const processIds = ["process-1", "process-2", "process-3"];

const flowId = fc.constantFrom(...flowIds);
const taskId = fc.constantFrom(...taskIds);
const time = fc.integer({ min: 0, max: 40 }).map((eighths) => startAt + eighths / 8);
const text = fc.oneof(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 8 }));
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });

/** Strict equality is of prototypes too. */
const plain = { noNullPrototype: true } as const;

const state: fc.Arbitrary<State> = fc.record(
  {
    type: fc.constantFrom(...stateTypes),
    name: fc.constantFrom("Pending", "Running", "Completed", "Late"),
    at: time,
  },
  plain,
);
const states = fc.array(state, { minLength: 1, maxLength: 3 });

const newFlowRun: fc.Arbitrary<NewFlowRun> = fc.record({
  id: flowId,
  flowName: fc.constantFrom("etl", "training"),
  name: text,
  parameters: fc.constant("{}"),
  tags: fc.subarray(["nightly", "eu", "'\"%"]),
  parentRunId: orNull(flowId),
  idempotencyKey: orNull(fc.constantFrom("k1", "k2")),
  states,
  ownerId: orNull(fc.constantFrom(...processIds)),
});

/** A transition to be made of the run as the model has it, with a guard that may be wrong in one way. */
const transition = fc.record({
  id: flowId,
  wrong: fc.constantFrom(null, null, null, "type", "time", "epoch"),
  state,
  more: fc.record(
    {
      startedAt: orNull(time),
      endedAt: orNull(time),
      runCount: fc.nat(5),
      name: text,
      result: orNull(fc.record({ storage: fc.constant("inline" as const), data: text }, plain)),
      error: orNull(
        fc.record({ name: text, message: text, code: orNull(text), stack: orNull(text), data: orNull(text) }, plain),
      ),
      claimFor: fc.constantFrom(...processIds),
      releases: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
});

const taskRun = fc.record({
  id: taskId,
  flowRunId: orNull(flowId),
  parentId: orNull(taskId),
  states,
  newStates: fc.nat(3),
  epochAhead: fc.constantFrom(0, 0, 0, 1, -1),
  reopens: fc.boolean(),
  taskName: fc.constantFrom("load", "train"),
  kind: fc.constantFrom("task" as const, "sleep" as const),
  name: text,
  cacheKey: maybe(fc.constantFrom("c1", "c2")),
  data: text,
});

const batch = fc.record({
  created: fc.array(newFlowRun, { maxLength: 2 }),
  transitions: fc.array(transition, { maxLength: 2 }),
  taskRuns: fc.array(taskRun, { maxLength: 4 }),
  logs: fc.array(fc.record({ flowRunId: orNull(flowId), message: text }), { maxLength: 2 }),
  artifacts: fc.array(fc.record({ id: fc.constantFrom(...artifactIds), flowRunId: orNull(flowId), createdAt: time }), {
    maxLength: 2,
  }),
  events: fc.array(fc.record({ id: fc.constantFrom(...eventIds), name: text, flowRunId: orNull(flowId) }), {
    maxLength: 2,
  }),
});

type GivenBatch = typeof batch extends fc.Arbitrary<infer T> ? T : never;

/** The batch with guards and fencing tokens as the model has them now. */
function toBatch(given: GivenBatch, model: Model): StoreBatch {
  return {
    created: given.created,
    transitions: given.transitions.map(({ id, wrong, state: next, more }) => {
      const run = model.flowRuns.get(id);
      const expected = {
        stateTypes: wrong === "type" || run === undefined ? [] : [run.state.type, "PAUSED" as const],
        stateAt: (run?.state.at ?? startAt) + (wrong === "time" ? 0.5 : 0),
        epoch: (run?.epoch ?? 0) + (wrong === "epoch" ? 1 : 0),
      };
      return { id, expected, state: next, ...more };
    }),
    taskRuns: given.taskRuns.map((each) => toChange(each, model)),
    logs: given.logs.map(({ flowRunId, message }) => aLogLine(flowRunId, message)),
    artifacts: given.artifacts.map(({ flowRunId, ...more }) => anArtifact(flowRunId, more)),
    events: given.events.map((each) => anEvent(each)),
  };
}

function toChange(given: GivenBatch["taskRuns"][number], model: Model): TaskRunChange {
  const { states: history, cacheKey, data, epochAhead, newStates, flowRunId, ...more } = given;
  const epoch = (flowRunId === null ? 0 : (model.flowRuns.get(flowRunId)?.epoch ?? 0)) + epochAhead;
  return aTaskRun(flowRunId, history, {
    ...more,
    epoch,
    newStates: Math.min(newStates, history.length),
    result: { storage: "inline", data },
    ...(cacheKey === undefined ? {} : { cache: { key: cacheKey, expiresAt: null } }),
  });
}

/** A command from what it does, which says what went in and compares what came out. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

const recording = batch.map((given) =>
  command(`record(${fc.stringify(given)})`, async (model, { store }) => {
    const asked = toBatch(given, model);
    const outcome = await store.record(asked);
    const expected = model.record(asked);
    deepEqual({ ...outcome, stale: outcome.stale.toSorted() }, { ...expected, stale: expected.stale.toSorted() });
  }),
);

const deletion = flowId.map((id) =>
  command(`deleteFlowRun(${id})`, async (model, { store }) => {
    equal(await store.deleteFlowRun(id), model.deleteFlowRun(id));
  }),
);

const input = fc
  .record({ flowRunId: flowId, key: fc.constantFrom("go", "stop"), id: fc.constantFrom("1", "2") })
  .map((given) =>
    command(`writeRunInput(${fc.stringify(given)})`, async (model, { store }) => {
      const asked = { ...given, value: "1", sender: null, createdAt: startAt };
      equal(await store.writeRunInput(asked), model.writeRunInput(asked));
      deepEqual(
        await store.findRunInputs(given.flowRunId),
        model.inputs.filter(({ flowRunId }) => flowRunId === given.flowRunId),
      );
    }),
  );

const slot = fc
  .record({
    limitName: fc.constantFrom("db", "gpu"),
    limit: fc.integer({ min: 0, max: 3 }),
    holder: fc.constantFrom("h1", "h2", "h3", "h4"),
    processId: fc.constantFrom(...processIds),
    does: fc.constantFrom("acquire", "acquire", "acquire", "release", "register", "delete"),
  })
  .map(({ does, ...request }) =>
    command(`${does} slot ${fc.stringify(request)}`, async (model, { store }) => {
      const { processId, limitName, holder } = request;
      if (does === "acquire") {
        equal(await store.acquireSlot(request, startAt), model.acquireSlot(request));
      } else if (does === "release") {
        await store.releaseSlot(limitName, holder);
        model.slots.get(limitName)?.delete(holder);
      } else if (does === "register") {
        const lease = { startedAt: startAt, leaseExpiresAt: startAt };
        await store.writeProcess({ id: processId, host: "h", bootId: null, pid: 1, startToken: null, ...lease });
        model.processes.add(processId);
      } else {
        await store.deleteProcess(processId);
        model.deleteProcess(processId);
      }
      deepEqual(
        (await store.findProcesses()).map(({ id }) => id),
        [...model.processes].toSorted(),
      );
    }),
  );

const kept = keptCommands({ flowIds, taskIds, artifactIds, processIds }).map(([words, run]) =>
  command(words, (model, { store }) => run(model, store)),
);

const flowRunFilter: fc.Arbitrary<FlowRunFilter> = fc.record(
  {
    ids: fc.subarray(flowIds),
    idPrefix: fc.tuple(flowId, fc.nat(12)).map(([id, length]) => id.slice(0, length)),
    flowNames: fc.subarray(["etl", "training", "none"]),
    nameContains: fc.constantFrom("a", "ALPHA", "%", "_", "\\", "beta"),
    stateTypes: fc.subarray([...stateTypes]),
    stateNames: fc.subarray(["Pending", "Late", "Running"]),
    tags: fc.subarray(["nightly", "eu", "'\"%"]),
    parentRunIds: fc.subarray(flowIds),
    rootsOnly: fc.boolean(),
    ownerIds: fc.subarray(processIds),
    createdAfter: time,
    createdBefore: time,
  },
  { requiredKeys: [] },
);
const sorts: readonly FlowRunSort[] = ["created-asc", "created-desc", "started-desc", "ended-desc", "name-asc"];

const flowRunList = fc
  .record({ filter: flowRunFilter, sort: fc.constantFrom(...sorts), limit: fc.integer({ min: 1, max: 7 }) })
  .map(({ filter, sort, limit }) =>
    command(`findFlowRuns(${fc.stringify(filter)}, ${sort}, ${limit})`, async (model, { store }) => {
      const { items } = await readAll((page) => store.findFlowRuns(filter, sort, page), limit);
      const expected = model.findFlowRuns(filter, sort);
      deepEqual(items, expected);
      const counts = Object.groupBy(expected, ({ state: { type } }) => type);
      deepEqual(
        await store.countFlowRuns(filter),
        Object.fromEntries(Object.entries(counts).map(([type, runs]) => [type, runs.length])),
      );
    }),
  );

const taskRunFilter: fc.Arbitrary<TaskRunFilter> = fc.record(
  {
    ids: fc.subarray(taskIds),
    flowRunIds: fc.subarray(flowIds),
    parentIds: fc.subarray(taskIds),
    taskNames: fc.subarray(["load", "train", "none"]),
    stateTypes: fc.subarray([...stateTypes]),
    kinds: fc.subarray(["task" as const, "sleep" as const]),
  },
  { requiredKeys: [] },
);

const taskRunList = fc
  .record({ filter: taskRunFilter, limit: fc.integer({ min: 1, max: 7 }) })
  .map(({ filter, limit }) =>
    command(`findTaskRuns(${fc.stringify(filter)}, ${limit})`, async (model, { store }) => {
      const { items } = await readAll((page) => store.findTaskRuns(filter, page), limit);
      deepEqual(items.map(withoutSeq), model.findTaskRuns(filter));
    }),
  );

const reopening = fc.constant(
  command("open again", async (_, real) => {
    await real.store.close();
    real.store = await real.ledger.open();
  }),
);

function withoutSeq<Row extends { readonly seq: number }>(row: Row): Omit<Row, "seq"> {
  const rest: Omit<Row, "seq"> & { seq?: number } = { ...row };
  delete rest.seq;
  return rest;
}

/** Everything that is there, however it got there. */
async function compareAll(model: Model, { store }: Real): Promise<void> {
  const every = { limit: 10_000 };
  deepEqual(
    await store.readFlowRuns(flowIds),
    flowIds.flatMap((id) => model.flowRuns.get(id) ?? []),
  );
  for (const id of flowIds) {
    const rows = await store.readRecords(id);
    deepEqual(rows.map(withoutSeq), model.findTaskRuns({ flowRunIds: [id] }));
  }
  const events = await store.findEvents({}, every);
  deepEqual(
    events.items.map(({ name, at, flowRunId, taskRunId, payload }) => ({ name, at, flowRunId, taskRunId, payload })),
    model.events,
  );
  const logs = await store.findLogs({}, every);
  deepEqual(logs.items.map(withoutSeq), model.logs);
  deepEqual((await store.findArtifacts({}, every)).items, [...model.artifacts.values()]);
  for (const key of ["c1", "c2"]) deepEqual(await store.readCacheEntry(key), model.cache.get(key) ?? null);
  deepEqual(await store.check(), []);
}

const recordings = [recording, recording, recording, recording];

export function testAgainstModel(makeLedger: MakeLedger): void {
  test(
    "does what its model does",
    async () => {
      const commands = fc.commands(
        // Those that record are drawn most.
        [...recordings, deletion, input, slot, slot, kept, kept, flowRunList, taskRunList, reopening],
        { maxCommands: 30, size: "max" },
      );
      const ledger = await makeLedger();
      const real: Real = { ledger, store: await ledger.open() };
      const holds = fc.assert(
        fc
          .asyncProperty(commands, async (given) => {
            const model = new Model();
            await fc.asyncModelRun(() => ({ model, real }), given);
            await compareAll(model, real);
          })
          .beforeEach(() => ledger.clear()),
        { numRuns: cases },
      );
      await expect(holds).resolves.toBeUndefined();
      await real.store.close();
      await ledger.remove();
    },
    30_000 + cases * caseTimeoutMs,
  );

  test(
    "keeps any text, cleaned where it is plain and as it is where it is JSON",
    async () => {
      const ledger = await makeLedger();
      const store = await ledger.open();
      const anyText = fc.string({ unit: "binary", maxLength: 50 });
      const holds = fc.assert(
        fc.asyncProperty(anyText, anyText, fc.uuid({ version: 7 }), async (one, two, id) => {
          const change = aTaskRun(null, undefined, {
            id,
            name: one,
            reasonDetail: two,
            result: { storage: "inline", data: one },
            error: { name: two, message: one, code: null, stack: null, data: null },
            cache: { key: one + two, expiresAt: null },
          });
          const nothing = { created: [], transitions: [], artifacts: [], events: [] };
          await store.record({ ...nothing, taskRuns: [change], logs: [{ ...aLogLine(null, two), taskRunId: id }] });
          const [row] = (await store.findTaskRuns({ ids: [id] }, {})).items;
          partialDeepStrictEqual(row, { name: clean(one), reasonDetail: clean(two) });
          deepEqual([row?.result, row?.error], [change.result, change.error]);
          deepEqual((await store.readCacheEntry(one + two))?.result, change.result);
          const found = await store.findLogs({ taskRunIds: [id], contains: two }, {});
          deepEqual(
            found.items.map(({ message }) => message),
            [clean(two)],
          );
        }),
        { numRuns: cases },
      );
      await expect(holds).resolves.toBeUndefined();
      await store.close();
      await ledger.remove();
    },
    30_000 + cases * caseTimeoutMs,
  );
}
