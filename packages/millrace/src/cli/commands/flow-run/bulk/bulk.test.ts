import { beforeAll, expect, test } from "vitest";
import type { FlowRun } from "../../../../contract/flow-run.ts";
import { createCommandLine } from "../../../in-process.testsuite.ts";
import { seedDeployments } from "../../../seed-deployments.testsuite.ts";
import type { Changed } from "./change-many.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

let ids: readonly string[] = [];

beforeAll(async () => {
  ids = await ledger.seed(async (api) => {
    const { nightly } = await seedDeployments(api);
    const made: string[] = [];
    for (const n of [1, 2, 3]) {
      const submitted = await api.submitRun({ deployment: nightly.id, name: `run-${n}`, tags: [`n${n}`] });
      made.push(submitted.run.id);
    }
    return made;
  });
});

async function states(): Promise<readonly string[]> {
  const runs = await ledger.json<readonly FlowRun[]>("flow-run", "ls", "--name", "run-");
  return runs.map(({ name, state }) => `${name} ${state.name}`).toSorted();
}

test("many runs are set, retried, cancelled and deleted at once, and what is refused is told", async () => {
  expect(await stdout("flow-run", "bulk", "cancel", "--tag", "n1", "--dry-run")).toBe(
    "1 flow run found: 1 would be cancelled.\n",
  );
  expect(await states()).toEqual(["run-1 Scheduled", "run-2 Scheduled", "run-3 Scheduled"]);
  expect(await stdout("flow-run", "bulk", "cancel", "--tag", "n1", "-y")).toBe("1 flow run is cancelled.\n");
  const failed = ["flow-run", "bulk", "set-state", "FAILED", "--name", "run-2", "--force-reason", "a test", "-y"];
  expect(await stdout(...failed)).toBe("1 flow run is set to FAILED.\n");
  expect(await states()).toEqual(["run-1 Cancelled", "run-2 Failed", "run-3 Scheduled"]);

  const retried = await run("flow-run", "bulk", "retry", "--flow", "etl", "--name", "run-", "-y", "--json");
  expect(retried.code).toBe(1);
  expect(JSON.parse(retried.stdout) as Changed).toMatchObject({
    matched: 3,
    changed: ids.slice(0, 2),
    refused: [{ name: "run-3", reason: expect.stringContaining("only what has failed or was cancelled") }],
  });

  expect(
    await stdout("flow-run", "bulk", "cancel", "--deployment", "nightly", "--state", "scheduled,AwaitingRetry", "-y"),
  ).toBe("3 flow runs are cancelled.\n");
  expect(await stdout("flow-run", "bulk", "delete", "--state", "CANCELLED", "-y")).toBe("3 flow runs are deleted.\n");
  expect(await states()).toEqual([]);
});

test("runs are chosen by how they have failed", async () => {
  const made = await ledger.seed(async (api) => {
    const [nightly] = (await api.listObjects("deployment", { where: { field: "name", in: ["nightly"] } })).items;
    for (const [index, message] of ["row 1 is bad", "row 2 is bad", "no such column"].entries()) {
      const { run } = await api.submitRun({ deployment: nightly?.id ?? "", name: `fails-${index}`, tags: ["fails"] });
      const state = { type: "FAILED", name: "Failed", message } as const;
      await api.proposeFlowRunState({ id: run.id, state, force: "a test" });
    }
    return await api.groupFailures({ since: 0, where: { field: "tags", hasAll: ["fails"] } });
  });
  const group = made.items.find(({ count }) => count === 2)?.fingerprint ?? "";
  expect(await stdout("flow-run", "bulk", "retry", "--failure", group, "-y")).toBe(
    "2 flow runs are scheduled again.\n",
  );
  const left = await ledger.json<readonly FlowRun[]>("flow-run", "ls", "--name", "fails-", "--state", "FAILED");
  expect(left.map(({ name }) => name)).toEqual(["fails-2"]);
});

test("suspended runs of deployments go on; what asks for an answer is left to it", async () => {
  const suspend = async (name: string, details: object) =>
    ledger.seed(async (api) => {
      const [nightly] = (await api.listObjects("deployment", { where: { field: "name", in: ["nightly"] } })).items;
      const { run } = await api.submitRun({ deployment: nightly?.id ?? "", name, tags: ["waits"] });
      const state = { type: "PAUSED", name: "Suspended", details: { suspended: true, ...details } } as const;
      await api.proposeFlowRunState({ id: run.id, state, force: "a test" });
    });
  await suspend("plain", { pauseKey: "a" });
  await suspend("asks", { pauseKey: "b", inputSchema: { type: "object" } });
  await suspend("guest", { pauseKey: "c", inputKeys: { schema: "c-schema", answer: "c-response" } });
  const ended = await run("flow-run", "bulk", "resume", "--tag", "waits", "-y");
  expect(ended.stdout).toBe("1 flow run is resumed.\n");
  expect(ended.stderr).toContain("asks: It asks for an answer");
  expect(ended.stderr).toContain("guest: It asks for an answer");
  const runs = await ledger.json<readonly FlowRun[]>("flow-run", "ls", "--tag", "waits");
  expect(runs.map(({ name, state }) => `${name} ${state.name}`).toSorted()).toEqual([
    "asks Suspended",
    "guest Suspended",
    "plain Resuming",
  ]);
});

test("nothing is changed where nothing says which runs, or nobody can be asked", async () => {
  expect(await run("flow-run", "bulk", "delete")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no option says which runs are meant"),
  });
  expect(await run("flow-run", "bulk", "delete", "--all-runs")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Add --yes"),
  });
  expect(await run("flow-run", "bulk", "set-state", "FALED", "--all-runs")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean FAILED?"),
  });
});
