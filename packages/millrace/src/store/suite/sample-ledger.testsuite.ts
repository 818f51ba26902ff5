/** A few rows of everything, always the same: what the dump of each schema version has in it. */

import type { Store } from "../../contract/store.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import {
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  record,
  startAt,
} from "./samples.testsuite.ts";

const flowRunId = uuidFromHash("flow run of the sample");
const childRunId = uuidFromHash("child run of the sample");
const loadId = uuidFromHash("load");
const trainId = uuidFromHash("train");
const processId = "process-of-the-sample";

export async function writeSampleLedger(store: Store): Promise<void> {
  await store.writeProcess({
    id: processId,
    host: "alder",
    bootId: "boot-1",
    pid: 4711,
    startToken: "123",
    startedAt: startAt,
    leaseExpiresAt: startAt + 30_000,
  });
  const run = await create(store, {
    id: flowRunId,
    parameters: '{"date":"2026-11-22"}',
    tags: ["nightly"],
    idempotencyKey: "2026-11-22",
    environment: { node: "24.1.0", git: { commit: "0123abc", dirty: true } },
    entrypoint: { module: "file:///flows/train.ts", export: "pipeline" },
    ownerId: processId,
  });
  const load = aTaskRun(flowRunId, undefined, { id: loadId, taskName: "load", name: "load", tags: ["io"] });
  const train = aTaskRun(flowRunId, [aState("PENDING"), aState("FAILED", startAt + 9, { message: "no 'rows'" })], {
    id: trainId,
    parentId: loadId,
    inputs: [{ parameter: "rows", taskRunId: loadId }],
    result: null,
    error: { name: "Error", message: "no 'rows'", code: null, stack: null, data: null },
  });
  await record(store, {
    taskRuns: [{ ...load, cache: { key: "load 2026-11-22", expiresAt: startAt + 60_000 } }, train],
    logs: [aLogLine(flowRunId, "loaded\n3 rows", { taskRunId: loadId, fields: '{"rows":3}' })],
    artifacts: [anArtifact(flowRunId, { id: uuidFromHash("artifact of the sample"), key: "report" })],
    events: [anEvent({ id: uuidFromHash("event of the sample"), flowRunId, resource: { id: "order.1" } })],
  });
  await create(store, { id: childRunId, parentRunId: flowRunId, parentTaskRunId: trainId, ownerId: null });
  const failed = aState("FAILED", startAt + 10, { message: "a task failed" });
  await record(store, { transitions: [aTransition(run, failed, { endedAt: failed.at, releases: true })] });
  const variable = { id: uuidFromHash("variable threshold"), revision: 1, createdAt: startAt, updatedAt: startAt };
  await store.insertObject("variable", { ...variable, name: "threshold", value: "0.9", tags: ["model"] }, null);
  await store.writeSecret({ name: "token", sealed: "v1.iv.tag.text", at: startAt });
  await store.writeRunInput({ flowRunId, key: "go", id: "1", value: "true", sender: "ann", createdAt: startAt });
  await store.acquireSlot({ limitName: "gpu", limit: 1, holder: trainId, processId }, startAt);
}

/** All that the sample has, as it is read. */
export async function readSampleLedger(store: Store): Promise<unknown> {
  const page = { limit: 100 };
  return {
    flowRuns: (await store.findFlowRuns({}, "created-asc", page)).items,
    taskRuns: await store.readRecords(flowRunId),
    counts: await store.countTaskRuns(flowRunId),
    cacheEntry: await store.readCacheEntry("load 2026-11-22"),
    logs: (await store.findLogs({}, page)).items,
    artifacts: (await store.findArtifacts({}, page)).items,
    events: (await store.findEvents({}, page)).items,
    variables: (await store.findObjects("variable", { where: { all: [] } }, page)).items,
    secret: await store.readSecret("token"),
    inputs: await store.findRunInputs(flowRunId),
    processes: await store.findProcesses(),
    isSlotTaken: !(await store.acquireSlot({ limitName: "gpu", limit: 1, holder: "another", processId }, startAt)),
  };
}
