import { describe, expect, test } from "vitest";
import type { State, StateType } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { executionStarts, explainTaskRun } from "./explain-task-run.ts";

const at = (time: number, type: StateType, name: string, more: Partial<State> = {}): State => ({
  type,
  name,
  at: time,
  ...more,
});

function record(states: readonly State[], more: Partial<TaskRun> = {}): TaskRun {
  const state = states.at(-1) ?? at(0, "PENDING", "Pending");
  return {
    id: "t",
    flowRunId: "f",
    parentId: null,
    kind: "task",
    taskName: "train",
    name: "train",
    key: "train#1~0",
    inputDigest: null,
    state,
    history: states,
    inputs: [],
    inputPreview: null,
    tags: [],
    attempt: 1,
    reason: null,
    reasonDetail: null,
    cacheKey: null,
    codeHash: null,
    childFlowRunId: null,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    result: null,
    error: null,
    extra: null,
    seq: 1,
    ...more,
  };
}

const once = { createdAt: 0, history: [at(0, "RUNNING", "Running")], adopts: null };
const ended = [at(1, "PENDING", "Pending"), at(2, "RUNNING", "Running"), at(3, "COMPLETED", "Completed")];

describe("executions", () => {
  test.each([
    ["once", [at(0, "RUNNING", "Running"), at(9, "COMPLETED", "Completed")], [0]],
    [
      "twice, after a crash",
      [at(0, "RUNNING", "Running"), at(5, "CRASHED", "Crashed"), at(7, "RUNNING", "Resuming")],
      [0, 7],
    ],
    ["twice, where nobody had seen the crash", [at(0, "RUNNING", "Running"), at(7, "RUNNING", "Resuming")], [0, 7]],
    ["once, with a pause", [at(0, "RUNNING", "Running"), at(5, "PAUSED", "Paused"), at(7, "RUNNING", "Running")], [0]],
    [
      "twice, with a suspension",
      [
        at(0, "RUNNING", "Running"),
        at(5, "PAUSED", "Suspended", { details: { suspended: true } }),
        at(7, "RUNNING", "Resuming"),
      ],
      [0, 7],
    ],
    [
      "twice, with a retry",
      [at(0, "RUNNING", "Running"), at(5, "SCHEDULED", "AwaitingRetry"), at(7, "RUNNING", "Retrying")],
      [0, 7],
    ],
  ])("%s", (_, history, starts) => {
    expect(executionStarts(history)).toEqual(starts);
  });
});

describe("a task run", () => {
  test.each([
    [{ reason: "ran" }, "ran", "it had not run yet, and is not cached"],
    [{ reason: "ran", attempt: 3 }, "ran", "it had not run yet, and is not cached, at attempt 3"],
    [{ reason: "cache-hit", reasonDetail: "kept by x" }, "cached", "the cache had its result: kept by x"],
    [{ reason: "cache-miss" }, "ran", "the cache had no result"],
    [{ reason: "cache-expired" }, "ran", "the cached result had expired"],
    [{ reason: "cache-refresh" }, "ran", "the cache was to be refreshed"],
    [{ reason: "cache-not-keyed" }, "ran", "its cache policy gave no key"],
    [
      { reason: "fallback", reasonDetail: "after 2 attempts: no" },
      "fallback",
      "its fallback gave the result: after 2 attempts: no",
    ],
    [{ kind: "sleep", reason: "ran" }, "ran", "a durable sleep"],
    [{ kind: "flow", childFlowRunId: "0123456789abcdef" }, "ran", "subflow run 0123456789abc"],
  ] as const)("that completed with %o", (more, verdict, why) => {
    expect(explainTaskRun(record(ended, more), once)).toEqual({ verdict, why, waits: [] });
  });

  test("that failed, at its last attempt", () => {
    const error = { name: "TypeError", message: "no", code: null, stack: null, data: null };
    const states = [...ended.slice(0, 2), at(3, "FAILED", "Failed")];
    expect(explainTaskRun(record(states, { attempt: 2, error }), once)).toMatchObject({
      verdict: "failed",
      why: "2 attempts failed; the last: TypeError: no",
    });
  });

  test("whose input failed did not run", () => {
    const states = [at(1, "PENDING", "Pending"), at(2, "PENDING", "NotReady")];
    expect(explainTaskRun(record(states, { reason: "upstream-failed", reasonDetail: "load failed" }), once)).toEqual({
      verdict: "not-run",
      why: "what it needs has failed: load failed",
      waits: [],
    });
  });

  test("that ended before the last execution was taken from the record", () => {
    const history = [at(0, "RUNNING", "Running"), at(5, "CRASHED", "Crashed"), at(7, "RUNNING", "Resuming")];
    expect(explainTaskRun(record(ended), { ...once, history })).toMatchObject({
      verdict: "recorded",
      why: "taken from the record: it had ended Completed in execution 1 of 2",
    });
    const later = ended.map((state) => ({ ...state, at: state.at + 7 }));
    expect(explainTaskRun(record(later), { ...once, history })).toMatchObject({
      verdict: "ran",
      why: "no execution before had recorded a result of it, and it is not cached",
    });
  });

  test("that ended before the run was made was taken from another run", () => {
    const run = { createdAt: 100, history: [at(100, "RUNNING", "Running")], adopts: { runId: "old", until: "t9" } };
    expect(explainTaskRun(record(ended), run)).toMatchObject({
      verdict: "recorded",
      why: "taken from flow run old, where it had ended Completed",
    });
  });

  test("says what it waited for", () => {
    const states = [
      at(0, "PENDING", "Pending"),
      at(2000, "SCHEDULED", "AwaitingConcurrencySlot", { message: "Waiting for a slot of `gpu`" }),
      at(5000, "RUNNING", "Running"),
      at(5001, "SCHEDULED", "AwaitingRetry"),
      at(6001, "RUNNING", "Retrying"),
      at(6002, "COMPLETED", "Completed"),
    ];
    expect(explainTaskRun(record(states, { attempt: 2, reason: "ran" }), once).waits).toEqual([
      "2s for its inputs or its turn",
      "3s for a slot (Waiting for a slot of `gpu`)",
      "1s before a retry",
    ]);
  });

  test("that rolled back, runs or waits", () => {
    const undone = [...ended, at(4, "COMPLETED", "RolledBack")];
    expect(explainTaskRun(record(undone, { reason: "ran" }), once).why).toContain("rolled back with its transaction");
    expect(explainTaskRun(record(ended.slice(0, 2)), once)).toMatchObject({ verdict: "running" });
    expect(explainTaskRun(record(ended.slice(0, 1)), once)).toMatchObject({ verdict: "waiting", why: "not begun" });
  });
});
