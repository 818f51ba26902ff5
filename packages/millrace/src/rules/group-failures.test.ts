import { expect, test } from "vitest";
import type { Failure } from "../contract/failures.ts";
import { failedRunsOf, groupFailures } from "./group-failures.ts";

function aFailure(more: Partial<Failure> = {}): Failure {
  return {
    flowRunId: "r1",
    taskRunId: "t1",
    flowName: "etl",
    taskName: "load",
    childFlowRunId: null,
    stateType: "FAILED",
    stateName: "Failed",
    at: 1,
    errorName: "Error",
    errorCode: null,
    message: "row 1 is bad",
    ...more,
  };
}

const ofFlow = { taskRunId: null, taskName: null };

test("failures that are the same are one group, the latest first", () => {
  const groups = groupFailures([
    aFailure(),
    aFailure({ flowRunId: "r2", taskRunId: "t2", flowName: "other", at: 9, message: "row 9 is bad" }),
    aFailure({ flowRunId: "r2", taskRunId: "t3", flowName: "other", at: 5 }),
    aFailure({ ...ofFlow, flowRunId: "r3", at: 20, stateType: "FAILED", stateName: "TimedOut", message: "too long" }),
  ]);
  expect(groups).toMatchObject([
    {
      taskName: null,
      flowNames: ["etl"],
      count: 1,
      stateType: "FAILED",
      stateName: "TimedOut",
      newest: [{ flowRunId: "r3", taskRunId: null }],
    },
    {
      taskName: "load",
      flowNames: ["other", "etl"],
      count: 3,
      flowRunCount: 2,
      firstAt: 1,
      lastAt: 9,
      message: "row 9 is bad",
      newest: [
        { flowRunId: "r2", taskRunId: "t2", at: 9 },
        { flowRunId: "r1", taskRunId: "t1", at: 1 },
      ],
    },
  ]);
});

test("an error that a task or a subflow passed on to its flow is counted once", () => {
  const groups = groupFailures([
    aFailure({ ...ofFlow, flowRunId: "parent" }),
    aFailure({ flowRunId: "parent", taskRunId: "stands-for-child", taskName: "child", childFlowRunId: "child" }),
    aFailure({ ...ofFlow, flowRunId: "child", flowName: "child" }),
    aFailure({ flowRunId: "child", flowName: "child" }),
    aFailure({ ...ofFlow, flowRunId: "other", message: "its own" }),
    aFailure({ flowRunId: "other", message: "tolerated" }),
  ]);
  expect(groups.map(({ taskName, message, count }) => `${taskName}: ${message}: ${count}`).toSorted()).toEqual([
    "load: row 1 is bad: 1",
    "load: tolerated: 1",
    "null: its own: 1",
  ]);
});

test("a subflow that was not looked at fails where it was called", () => {
  const groups = groupFailures([
    aFailure({ ...ofFlow, flowRunId: "parent" }),
    aFailure({ flowRunId: "parent", taskRunId: "stands-for-child", taskName: "child", childFlowRunId: "elsewhere" }),
  ]);
  expect(groups).toMatchObject([{ taskName: "child", count: 1 }]);
});

test("groups are bounded", () => {
  const many = Array.from({ length: 50 }, (_, at) => aFailure({ flowRunId: `r${at}`, flowName: `f${at}`, at }));
  const [group] = groupFailures([...many, aFailure({ at: 99, message: `row 1 is bad${" ".repeat(5000)}` })]);
  expect(group?.newest).toHaveLength(5);
  expect(group?.flowNames).toHaveLength(10);
  expect(group?.message.length).toBe(1000);
});

test("the runs of a group are each in it once, the last failed first, however many they are", () => {
  const failures = Array.from({ length: 9 }, (_, index) =>
    aFailure({ flowRunId: `r${index % 7}`, taskRunId: `t${index}`, at: index }),
  );
  const [group] = groupFailures(failures);
  const runs = failedRunsOf([...failures, aFailure({ message: "something else" })], group?.fingerprint ?? "");
  expect(runs.map(({ flowRunId, at }) => `${flowRunId} ${at}`)).toEqual([
    "r1 8",
    "r0 7",
    "r6 6",
    "r5 5",
    "r4 4",
    "r3 3",
    "r2 2",
  ]);
});
