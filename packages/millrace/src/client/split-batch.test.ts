import { expect, test } from "vitest";
import type { RecordBatch } from "../contract/record.ts";
import { aFlowRun, aLogLine, anArtifact, anEvent, aTaskRun } from "../store/suite/samples.testsuite.ts";
import { joinOutcomes, splitBatch } from "./split-batch.ts";

const flowRunId = "0199a000-0000-7000-8000-000000000001";
const data = "x".repeat(9000);

const batch: RecordBatch = {
  processId: "p",
  created: [aFlowRun({ id: flowRunId })],
  taskRuns: [1, 2, 3].map(() => aTaskRun(flowRunId, undefined, { result: { storage: "inline", data } })),
  logs: [aLogLine(flowRunId, "one"), aLogLine(flowRunId, data)],
  artifacts: [anArtifact(flowRunId, { data })],
  events: [anEvent({ payload: "1" })],
  proposals: [{ id: flowRunId, epoch: 1, state: { type: "COMPLETED", name: "Completed" } }],
};

test("a batch that fits is sent as it is", () => {
  expect(splitBatch(batch)).toEqual([batch]);
  expect(splitBatch({ processId: "p" })).toEqual([{ processId: "p" }]);
});

test("a large one is cut in order: runs are created first, and change their state last", () => {
  const parts = splitBatch(batch, 20_000);
  expect(parts.map(({ created = [], proposals = [] }) => [created.length, proposals.length])).toEqual([
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 1],
  ]);
  expect(parts.flatMap(({ taskRuns = [] }) => taskRuns)).toEqual(batch.taskRuns);
  expect(parts.flatMap(({ logs = [] }) => logs)).toEqual(batch.logs);
  expect(parts.flatMap(({ artifacts = [] }) => artifacts)).toEqual(batch.artifacts);
  expect(parts.flatMap(({ events = [] }) => events)).toEqual(batch.events);
  expect(parts.every(({ processId }) => processId === "p")).toBe(true);
});

test("what is larger than a part goes alone", () => {
  const parts = splitBatch(batch, 100);
  expect(parts).toHaveLength(7);
});

test("stale runs are named once", () => {
  const none = { created: [], proposals: [] };
  expect(
    joinOutcomes([
      { ...none, stale: ["a", "b"] },
      { ...none, stale: ["b"] },
    ]),
  ).toEqual({ ...none, stale: ["a", "b"] });
});
