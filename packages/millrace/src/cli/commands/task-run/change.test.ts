import { expect, test } from "vitest";
import type { Api } from "../../../contract/api.ts";
import { aFlowRun, aLogLine, anArtifact, aState, aTaskRun, startAt } from "../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const commands = createCommandLine();
const ended = [aState("PENDING"), aState("RUNNING", startAt + 1), aState("COMPLETED", startAt + 2)];

/** A flow run with one task run, which has a log line and an artifact. */
async function seed(api: Api, states = ended): Promise<{ readonly flowRunId: string; readonly id: string }> {
  const run = aFlowRun({ states });
  await api.record({ processId: "process-1", created: [run] });
  const taskRun = aTaskRun(run.id);
  const logs = [aLogLine(run.id, "of the task", { taskRunId: taskRun.id }), aLogLine(run.id, "of the flow")];
  const artifacts = [anArtifact(run.id, { taskRunId: taskRun.id })];
  await api.record({ processId: "process-1", taskRuns: [taskRun], logs, artifacts });
  return { flowRunId: run.id, id: taskRun.id };
}

test("a task run is renamed", async () => {
  const { id } = await commands.seed((api) => seed(api));
  expect(await commands.stdout("task-run", "rename", id, "by hand")).toBe("train is by hand now.\n");
  expect(await commands.json("task-run", "rename", id, "again")).toMatchObject({
    id,
    name: "again",
    taskName: "train",
  });
  expect(await commands.json("task-run", "inspect", id)).toMatchObject({ name: "again" });
});

test("a name has letters, and a task run that is not there is not renamed", async () => {
  const { id } = await commands.seed((api) => seed(api));
  expect((await commands.run("task-run", "rename", id, " ")).code).toBe(2);
  expect((await commands.run("task-run", "rename", "0".repeat(36), "other")).code).toBe(3);
  expect(await commands.json("task-run", "inspect", id)).toMatchObject({ name: "train" });
});

test("a task run is deleted with its logs and artifacts, when one is sure", async () => {
  const { id, flowRunId } = await commands.seed((api) => seed(api));
  const dry = await commands.stdout("task-run", "delete", id, "--dry-run");
  expect(dry).toBe(`Would delete task run train (${id}), its logs and artifacts.\n`);
  const unasked = await commands.run("task-run", "delete", id);
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain("Add --yes.");
  expect(await commands.json("task-run", "inspect", id)).toMatchObject({ id });

  expect(await commands.stdout("task-run", "delete", id, "--yes")).toBe("Deleted 1 task run.\n");
  expect((await commands.run("task-run", "inspect", id)).code).toBe(3);
  const logs = await commands.json<readonly { message: string }[]>("flow-run", "logs", flowRunId);
  expect(logs.map(({ message }) => message)).toEqual(["of the flow"]);
  const left = await commands.seed((api) => api.listArtifacts({ flowRunIds: [flowRunId] }));
  expect(left.items).toEqual([]);
});

test("several are deleted, each once", async () => {
  const [one, two] = [await commands.seed((api) => seed(api)), await commands.seed((api) => seed(api))];
  const deleted = await commands.json("task-run", "delete", one.id, two.id, one.id, "--yes");
  expect(deleted).toEqual({ deleted: [one.id, two.id] });
});

test("task runs of a flow run that goes on stay, unless it is forced", async () => {
  const { id, flowRunId } = await commands.seed((api) => seed(api, ended.slice(0, 2)));
  const refused = await commands.run("task-run", "delete", id, "--yes");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`Flow run ${flowRunId} of task run ${id} is Running`);
  expect(refused.stderr).toContain(`millrace flow-run cancel ${flowRunId}`);
  expect(await commands.json("task-run", "delete", id, "--yes", "--force")).toEqual({ deleted: [id] });
});
