import { beforeAll, expect, test } from "vitest";
import { aFlowRun, aState, aTaskRun, startAt } from "../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();

/** Ids in the order of their times, as the engine makes them. */
const idAt = (order: number): string => `019a3b2c-0000-7000-8000-00000000000${order}`;

const ended = [aState("PENDING"), aState("RUNNING", startAt + 1), aState("COMPLETED", startAt + 2)];

beforeAll(() =>
  ledger.seed(async (api) => {
    const run = aFlowRun({ states: [aState("PENDING"), aState("RUNNING", startAt + 1)] });
    await api.record({ processId: "process-1", created: [run] });
    const taskRuns = [
      aTaskRun(run.id, ended, { id: idAt(1), taskName: "inside" }),
      aTaskRun(null, ended, { id: idAt(2), taskName: "double" }),
      aTaskRun(null, ended, { id: idAt(3), taskName: "publish" }),
    ];
    await api.record({ processId: "process-1", taskRuns: taskRuns.map((each) => ({ ...each, key: each.id })) });
  }),
);

const names = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await ledger.json<readonly { taskName: string }[]>("task-run", "ls", ...args)).map(({ taskName }) => taskName);

test("--standalone lists what was called outside flows, the newest first", async () => {
  expect(await names("--standalone")).toEqual(["publish", "double"]);
  expect(await names("--standalone", "--task", "double")).toEqual(["double"]);
  expect(await names("--standalone", "-n", "1")).toEqual(["publish"]);
  expect(await names()).toEqual(["inside"]);
  const none = await ledger.stdout("task-run", "ls", "--standalone", "--task", "none");
  expect(none).toBe("No task run outside flows matches.\n");
});

test("a run and --standalone contradict each other", async () => {
  const { code, stderr } = await ledger.run("task-run", "ls", "latest", "--standalone");
  expect(code).toBe(2);
  expect(stderr).toContain("--standalone lists the task runs of no flow run");
});

test("each of them can be inspected", async () => {
  expect(await ledger.stdout("task-run", "inspect", idAt(3))).toMatch(/^Task +publish$/m);
});
