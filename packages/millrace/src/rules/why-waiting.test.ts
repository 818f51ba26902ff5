import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Worker } from "../contract/objects.ts";
import type { StateType } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { decideWhyWaiting } from "./why-waiting.ts";
import type { WaitFacts } from "./why-waiting-facts.ts";
import { aRun, deployment, facts, limit, now, pool, queue, schedule, worker } from "./why-waiting-samples.testsuite.ts";

const reasons = (more: Partial<WaitFacts>): readonly string[] =>
  decideWhyWaiting(facts(more)).holds.map(({ reason }) => reason);

test("a run that is due, for which there is a worker and a slot, is the next", () => {
  expect(decideWhyWaiting(facts())).toEqual({ verdict: "next", holds: [] });
});

test.each(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const)("%s: nothing holds what has ended", (type) => {
  const run = aRun(type);
  expect(decideWhyWaiting(facts({ run, pool: null }))).toEqual({ verdict: "ended", holds: [] });
});

describe("a scheduled run is held by", () => {
  const stale = { ...queue, polledAt: now - 120_000 };
  const gone: Worker = { ...worker, heartbeatAt: now - 120_000 };
  const cases: readonly (readonly [Partial<WaitFacts>, readonly string[]])[] = [
    [{ run: aRun("SCHEDULED", { dueAt: now + 1 }) }, ["It was submitted for a later time."]],
    [
      { run: aRun("SCHEDULED", { dueAt: now + 1 }), schedule },
      ["The schedule daily of etl/nightly made it for a later time."],
    ],
    [
      { run: aRun("SCHEDULED", { dueAt: now + 1, state: { name: "AwaitingRetry", message: "No route." } }) },
      ["It waits for its next try: No route."],
    ],
    [
      { run: aRun("SCHEDULED", { deploymentId: null, workPoolId: null }), deployment: null, pool: null, queue: null },
      ["It belongs to no deployment, so only the process that made it starts it."],
    ],
    [
      { run: aRun("SCHEDULED", { workPoolId: null }), deployment: null, pool: null, queue: null },
      ["Its deployment is gone, so nobody starts it."],
    ],
    [{ pool: null, queue: null }, ["Its work pool is gone, so nobody starts it."]],
    [
      { run: aRun("SCHEDULED", { workPoolId: null }), pool: null, queue: null, workers: [] },
      ["The deployment etl/nightly has no work pool, and no process that serves it has ever asked for its runs."],
    ],
    [
      {
        run: aRun("SCHEDULED", { workPoolId: null }),
        deployment: { ...deployment, polledAt: now - 120_000 },
        pool: null,
        queue: null,
      },
      ["The deployment etl/nightly has no work pool, and no process that serves it asks any more for its runs."],
    ],
    [{ pool: { pool: { ...pool, paused: true }, active: 0 } }, ["The work pool pool is paused."]],
    [{ queue: { queue: { ...queue, paused: true }, active: 0 } }, ["The work queue pool/default is paused."]],
    [
      { workers: [], queue: { queue: stale, active: 0 } },
      ["No worker of the work pool pool is there: it has none yet."],
    ],
    [
      { workers: [gone], queue: { queue: stale, active: 0 } },
      ["No worker of the work pool pool is there: it has not heard of ada for a while."],
    ],
    [{ queue: { queue: stale, active: 0 } }, ["The worker ada is there, but nobody asks for runs of pool/default."]],
    [
      { limit: { limit, holders: [aRun("RUNNING", { id: "r2", name: "red-owl" })] } },
      ["All 2 slots of the concurrency limit of etl/nightly are taken, by red-owl."],
    ],
    [
      { limit: { limit: { ...limit, slots: 1, taken: 1 }, holders: [] } },
      ["The one slot of the concurrency limit of etl/nightly is taken."],
    ],
    [
      { limit: { limit: { ...limit, slots: 0, taken: 0 }, holders: [] } },
      ["The concurrency limit of etl/nightly is 0, so no run of it ever starts."],
    ],
    [
      { pool: { pool: { ...pool, concurrencyLimit: 1 }, active: 1 } },
      ["The work pool pool lets 1 run go at once, and 1 is under way."],
    ],
    [
      { queue: { queue: { ...queue, concurrencyLimit: 3 }, active: 4 } },
      ["The work queue pool/default lets 3 runs go at once, and 4 are under way."],
    ],
    [
      { workers: [{ ...worker, runtime: "node" }] },
      ["Its code is Python, and the work pool pool has no worker for it: ada runs other code."],
    ],
    [
      {
        deployment: { ...deployment, entrypoint: "etl.mts:nightly" },
        workers: [
          { ...worker, runtime: "python" },
          { ...worker, name: "bob", runtime: "python" },
        ],
      },
      ["Its code is TypeScript, and the work pool pool has no worker for it: ada, bob run other code."],
    ],
    [{ ahead: 7 }, ["The work queue pool/default is served in order, and 7 runs of it are due before this one."]],
  ];
  test.each(cases)("%#: %j", (given, expected) => {
    expect(reasons(given)).toEqual(expected);
    expect(decideWhyWaiting(facts(given)).verdict).toBe("held");
  });

  test("all that is in its way, at once", () => {
    const given = facts({
      run: aRun("SCHEDULED", { dueAt: now + 5000 }),
      pool: { pool: { ...pool, paused: true, concurrencyLimit: 1 }, active: 1 },
      queue: { queue: { ...stale, paused: true, concurrencyLimit: 1 }, active: 1 },
      workers: [],
      limit: { limit, holders: [] },
    });
    expect(decideWhyWaiting(given).holds.map(({ kind, until }) => [kind, until])).toEqual([
      ["not-due", now + 5000],
      ["pool-paused", null],
      ["queue-paused", null],
      ["no-worker", null],
      ["limit-full", null],
      ["pool-full", null],
      ["queue-full", null],
    ]);
  });
});

test("a worker that is there for the run's code, or that does not say what it runs, is enough", () => {
  const other: Worker = { ...worker, runtime: "node" };
  expect(reasons({ workers: [other, { ...worker, runtime: "python" }] })).toEqual([]);
  expect(reasons({ workers: [other, worker] })).toEqual([]);
});

test("a limit that is not enforced, whose slots have decayed, or which is free, holds nothing", () => {
  expect(reasons({ limit: { limit: { ...limit, active: false }, holders: [] } })).toEqual([]);
  const decayed = { ...limit, takenAt: now - 10_000, decayPerSecond: 1 };
  expect(reasons({ limit: { limit: decayed, holders: [] } })).toEqual([]);
  expect(reasons({ limit: { limit: { ...limit, taken: 1 }, holders: [] } })).toEqual([]);
});

test("who waits for a slot is told of the slot, not of the time of its next try", () => {
  const run = aRun("SCHEDULED", { dueAt: now + 5000, state: { name: "AwaitingConcurrencySlot" } });
  expect(decideWhyWaiting(facts({ run, limit: { limit, holders: [] } })).holds).toMatchObject([
    { kind: "limit-full", until: now + 5000 },
  ]);
});

test("a slot that a live run holds comes back at its end, which nobody knows: its lease is renewed", () => {
  const run = aRun("SCHEDULED", { dueAt: now + 5000, state: { name: "AwaitingConcurrencySlot" } });
  const untilOf = (type: StateType): number | null | undefined => {
    const holders = [aRun(type, { id: "r2", name: "red-owl" })];
    return decideWhyWaiting(facts({ run, limit: { limit, holders } })).holds[0]?.until;
  };
  expect(untilOf("RUNNING")).toBe(null);
  expect(untilOf("CRASHED")).toBe(now + 5000);
});

test("what nobody starts is executed here only if its code is known", () => {
  const advise = (more: Partial<FlowRun>) => {
    const run = aRun("SCHEDULED", { deploymentId: null, workPoolId: null, ...more });
    return decideWhyWaiting(facts({ run, deployment: null, pool: null, queue: null })).holds[0]?.advice;
  };
  const entrypoint = { module: "file:///etl.ts", export: "etl" };
  expect(advise({ entrypoint })).toBe(
    "`millrace flow-run resume r` executes it here; `millrace flow-run cancel r` gives it up.",
  );
  expect(advise({ entrypoint: null })).toBe("`millrace flow-run cancel r` gives it up.");
});

test("a run that was handed out tells where it is", () => {
  const run = aRun("PENDING", { extra: { infrastructurePid: "alder:4711" } });
  expect(reasons({ run })).toEqual(["It was handed out, to alder:4711, and has not begun yet."]);
  expect(reasons({ run, workers: [] })).toEqual([
    "It was handed out, to alder:4711, and no worker of its pool is there any more.",
  ]);
});

test("a running run is running, with the tasks that wait", () => {
  const run = aRun("RUNNING");
  const state = { name: "AwaitingConcurrencySlot", message: "Waiting for a slot of `gpu`" };
  const waitingTasks = ["a", "b", "c", "d", "a"].map((name) => ({ name, state })) as unknown as readonly TaskRun[];
  expect(decideWhyWaiting(facts({ run }))).toEqual({ verdict: "running", holds: [] });
  expect(decideWhyWaiting(facts({ run, waitingTasks }))).toMatchObject({
    verdict: "running",
    holds: [
      {
        kind: "tasks-wait",
        reason: "It is running, and 5 task runs wait (a, b, c and others): Waiting for a slot of `gpu`.",
      },
    ],
  });
});

test("a running run that waits for slots in a body says for which, and who has them", () => {
  const run = aRun("RUNNING");
  const database = { ...limit, name: "database" };
  const tasks = [{ name: "load" }, { name: "clean" }] as unknown as readonly TaskRun[];
  const slotWaits = [
    { limit: { ...database, slots: 1 }, tasks: [], holders: ["train of brave-otter"] },
    { limit: database, tasks, holders: [] },
    { limit: { ...database, decayPerSecond: 0.5 }, tasks: tasks.slice(1), holders: [] },
  ];
  const { verdict, holds } = decideWhyWaiting(facts({ run, slotWaits }));
  expect(verdict).toBe("running");
  expect(holds.map(({ kind, subject }) => [kind, subject?.name])).toEqual(
    slotWaits.map(() => ["limit-full", "database"]),
  );
  expect(holds.map(({ reason }) => reason)).toEqual([
    "It is running, and it waits for the concurrency limit database: the one slot of it is taken, by train of brave-otter.",
    "It is running, and load, clean wait for the concurrency limit database: all 2 slots of it are taken.",
    "It is running, and clean waits for the concurrency limit database: 2 of 2 slots of it are taken, and 0.5 a second come back.",
  ]);
});

test("a run that is told to stop says so", () => {
  expect(decideWhyWaiting(facts({ run: aRun("CANCELLING") }))).toMatchObject({
    verdict: "held",
    holds: [{ kind: "stopping" }],
  });
});
