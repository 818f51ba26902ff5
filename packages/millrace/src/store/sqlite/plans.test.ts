import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { aFlowRun, aLogLine, aState, record } from "../suite/samples.testsuite.ts";
import { createConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { createSqliteStore } from "./store.ts";

/** No workspace is opened here. */
const alone = {
  openBeside: () => Promise.reject(new Error("no ledger is beside this one")),
  dropBeside: () => Promise.reject(new Error("no ledger is beside this one")),
};

const id = uuidFromHash("a run");
const other = uuidFromHash("another run");

const history = {
  subject: "flow-run",
  where: { all: [] },
  from: 0,
  to: 10,
  bucketMs: 1,
  by: "expected",
  now: 10,
} as const;

/** Questions that are asked of big ledgers, and often. */
const questions: readonly [string, (store: Store) => Promise<unknown>][] = [
  ["task runs by the start of an id", (store) => store.findTaskRuns({ idPrefix: "0123ab" }, {})],
  ["task runs by ids", (store) => store.findTaskRuns({ ids: [id, other] }, {})],
  ["task runs of a flow run", (store) => store.findTaskRuns({ flowRunIds: [id], stateTypes: ["FAILED"] }, {})],
  ["task runs of flow runs", (store) => store.findTaskRuns({ flowRunIds: [id, other] }, {})],
  ["task runs of a parent", (store) => store.findTaskRuns({ parentIds: [id] }, {})],
  ["records", (store) => store.readRecords(id)],
  ["records of a parent", (store) => store.readRecords(id, other)],
  ["counts", (store) => store.countTaskRuns(id)],
  ["a cache entry", (store) => store.readCacheEntry("key")],
  ["logs of a flow run", (store) => store.findLogs({ flowRunIds: [id], afterSeq: 7 }, {})],
  ["logs of a task run", (store) => store.findLogs({ taskRunIds: [id] }, {})],
  ["new logs", (store) => store.findLogs({ afterSeq: 7 }, {})],
  ["events of a flow run", (store) => store.findEvents({ flowRunIds: [id], afterSeq: 7 }, {})],
  ["new events", (store) => store.findEvents({ afterSeq: 7, names: ["a"] }, {})],
  [
    "events of resources, counted",
    async (store) => {
      const filter = { resourceIds: [`millrace.flow-run.${id}`, "order.1"], since: 1, exceptNames: ["a"] };
      await store.groupEvents({ filter, by: "name" });
      await store.readEventHistory({ filter, from: 1, to: 9, bucketMs: 1 });
    },
  ],
  ["old events", (store) => store.deleteEvents({ before: 1, afterSeq: 7, belowSeq: 9, limit: 2 })],
  ["flow runs by ids", (store) => store.readFlowRuns([id, other])],
  ["flow runs by the start of an id", (store) => store.findFlowRuns({ idPrefix: "0123ab" }, "created-desc", {})],
  [
    "task runs by the start of an id, in its order",
    (store) => store.findTaskRuns({ idPrefix: "0123ab" }, {}, "id-desc"),
  ],
  ["flow runs of a flow", (store) => store.findFlowRuns({ flowNames: ["etl"] }, "created-desc", {})],
  ["flow runs in a state", (store) => store.findFlowRuns({ stateTypes: ["RUNNING"] }, "created-asc", {})],
  ["flow runs by their start", (store) => store.findFlowRuns({}, "started-desc", { limit: 5 })],
  ["flow runs by their end", (store) => store.findFlowRuns({}, "ended-desc", { limit: 5 })],
  ["flow runs by when they were expected", (store) => store.findFlowRuns({}, "expected-desc", { limit: 5 })],
  ["flow runs of a parent", (store) => store.findFlowRuns({ parentRunIds: [id] }, "created-desc", {})],
  ["flow runs of a process", (store) => store.findOwnedRuns("process", ["RUNNING", "PAUSED"])],
  ["artifacts of a key", (store) => store.findArtifacts({ keys: ["report"], latestOnly: true }, {})],
  ["artifacts of a flow run", (store) => store.findArtifacts({ flowRunIds: [id] }, {})],
  [
    "a timeline of a flow run",
    (store) => store.readTimeline({ flowRunId: id, from: 1, to: 2, maxRows: 0, buckets: 1, now: 3 }),
  ],
  [
    "what has changed in a timeline",
    (store) => store.readTimeline({ flowRunId: id, changedAfter: 7, maxRows: 5, buckets: 1, now: 3 }),
  ],
  ["the graph of a flow run", (store) => store.readRunGraph({ flowRunId: id, now: 3 })],
  [
    "how flows have been doing",
    async (store) => {
      await store.summarizeFlows({ where: { all: [] }, since: 1, bars: 30, page: {} });
      await store.summarizeDeployments({ ids: [id, other], bars: 30 });
      await store.readTaskGrid({ flowName: "etl", where: { all: [] }, runs: 30 });
    },
  ],
  [
    "failures",
    async (store) => {
      const runs = [aFlowRun({ states: [aState("FAILED")] })];
      await record(store, { created: runs });
      await store.findFailures({ where: { all: [] }, since: 1, max: 5, maxSearched: 5 });
    },
  ],
  ["a history of flow runs", (store) => store.readRunHistory(history)],
  [
    "a history of durations",
    (store) => store.readDurationHistory({ where: { all: [] }, from: 0, to: 10, bucketMs: 1, maxRuns: 5 }),
  ],
  ["task runs by flow run", (store) => store.countBy("task-run", "flowRunId", { field: "flowRunId", in: [id, other] })],
  ["inputs of a flow run", (store) => store.findRunInputs(id, "key")],
  [
    "due runs of queues",
    (store) => {
      const queues = [id, other].map((queueId) => ({ id: queueId, max: 5 }));
      return store.findDueRuns({ queues, before: 7, limit: 5 });
    },
  ],
  [
    "due runs of deployments",
    (store) => store.findDueRunsOfDeployments({ deploymentIds: [id, other], before: 7, limit: 5 }),
  ],
  ["runs that hold a slot", (store) => store.countActiveRuns([id, other])],
  ["runs that wait", (store) => store.deleteWaitingRuns(id, { isAutoScheduled: true, dueAfter: 7 })],
  [
    "late runs",
    (store) => {
      const where = {
        all: [
          { field: "stateType", in: ["SCHEDULED"] },
          { field: "stateName", in: ["Scheduled"] },
          { field: "dueAt", atMost: 7 },
        ],
      };
      return store.findFlowRuns({ where }, "due-asc", { limit: 400 });
    },
  ],
  [
    "schedules to look at",
    (store) => {
      const where = {
        all: [
          { field: "active", in: [true] },
          { field: "nextAt", atMost: 7 },
        ],
      };
      return store.findObjects("schedule", { where, sort: { field: "nextAt", direction: "asc" } }, { limit: 100 });
    },
  ],
];

/** How SQLite answers, step by step. */
async function explain(ask: (store: Store) => Promise<unknown>): Promise<readonly string[]> {
  const database = new DatabaseSync(":memory:");
  const connection = createConnection({ database, location: "", clock: systemClock, busyTimeoutMs: 0 });
  await migrate(connection, "");
  const prepared = vi.spyOn(database, "prepare");
  await ask(createSqliteStore(connection, alone));
  const texts = prepared.mock.calls.map(([text]) => text);
  prepared.mockRestore();
  const steps = texts.flatMap((text) => database.prepare(`explain query plan ${text}`).all());
  database.close();
  expect(steps.length).toBeGreaterThan(0);
  return steps.map(({ detail }) => String(detail));
}

/** The steps that go through a whole table of the ledger. */
async function findScans(ask: (store: Store) => Promise<unknown>): Promise<readonly string[]> {
  const steps = await explain(ask);
  return (
    steps
      // In the order of an index only as far as the page goes.
      .filter((detail) => !/USING INDEX flow_run_by_(started|ended|expected)_at$/.test(detail))
      .filter((detail) => /^SCAN (flow_run|task_run|event|log|artifact|cache_entry|run_input|schedule)\b/.test(detail))
  );
}

test.each(questions)("an index answers: %s", async (_, ask) => {
  expect(await findScans(ask)).toEqual([]);
});

test("a list of all flow runs, newest first, is not sorted", async () => {
  const scans = await findScans((store) => store.findFlowRuns({}, "created-desc", {}));
  expect(scans).toEqual(["SCAN flow_run USING INDEX flow_run_by_created_at"]);
});

test("a list by id is not sorted", async () => {
  const scans = [
    await findScans((store) => store.findFlowRuns({}, "id-desc", {})),
    await findScans((store) => store.findTaskRuns({}, {}, "id-desc")),
  ];
  expect(scans).toEqual([
    ["SCAN flow_run USING INDEX sqlite_autoindex_flow_run_1"],
    ["SCAN task_run USING INDEX sqlite_autoindex_task_run_1"],
  ]);
});

test("runs that may be late are found in their order, and no others are looked at", async () => {
  const where = {
    all: [
      { field: "stateType", in: ["SCHEDULED"] },
      { field: "stateName", in: ["Scheduled"] },
      { field: "dueAt", atMost: 7 },
    ],
  };
  expect(await explain((store) => store.findFlowRuns({ where }, "due-asc", { limit: 400 }))).toEqual([
    "SEARCH flow_run USING INDEX flow_run_by_name_due (state_name=? AND <expr><?)",
  ]);
});

test("subflows that outlive their parents are found among those that have not ended", async () => {
  const where = {
    all: [
      { field: "parentRunId", isNull: false },
      { field: "endedAt", isNull: true },
      { not: { field: "stateType", in: ["COMPLETED", "CANCELLED"] } } as const,
      { related: "flow-run", where: { field: "stateType", in: ["CANCELLED"] } } as const,
    ],
  };
  const steps = await explain((store) => store.findFlowRuns({ where }, "created-asc", { limit: 200 }));
  expect(steps[0]).toMatch(/^(SCAN|SEARCH) flow_run USING INDEX flow_run_unended_child\b/);
});

test("what has changed in a timeline is found by its events", async () => {
  const steps = await explain((store) =>
    store.readTimeline({ flowRunId: id, changedAfter: 7, maxRows: 5, buckets: 1, now: 3 }),
  );
  const ofTaskRuns = steps.filter((step) => /^SEARCH task_run\b/.test(step));
  expect(ofTaskRuns).toEqual([
    "SEARCH task_run USING COVERING INDEX task_run_by_flow_run (flow_run_id=?)",
    "SEARCH task_run USING INDEX sqlite_autoindex_task_run_1 (id=?)",
  ]);
});

test("from one match in a log to the next the lines are counted by an index alone", async () => {
  const steps = await explain(async (store) => {
    await record(store, { created: [aFlowRun({ id })], logs: [aLogLine(id, "a needle")] });
    await store.searchLogs({ of: { flowRunIds: [id] }, text: "needle", max: 5 });
  });
  const counting = steps.findLastIndex((step) => /CORRELATED/.test(step));
  expect(steps[counting + 1]).toMatch(
    /^SEARCH log USING COVERING INDEX log_by_flow_run \(flow_run_id=\? AND rowid>\? AND rowid<\?\)$/,
  );
  expect(steps.filter((step) => /^SCAN log\b/.test(step))).toEqual([]);
});

test("a question without an index is seen", async () => {
  expect(await findScans((store) => store.findTaskRuns({ kinds: ["sleep"] }, {}))).toEqual(["SCAN task_run"]);
});
