import { expect, test } from "vitest";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { seedDeployments } from "../../seed-deployments.testsuite.ts";

const ledger = createCommandLine();

test("runs are narrowed by their deployment and by when they were made", async () => {
  await ledger.seed(async (api) => {
    const { nightly } = await seedDeployments(api);
    const { deployment: hourly } = await api.saveDeployment({ flowName: "etl", name: "hourly" });
    await api.submitRun({ deployment: nightly.id, name: "a" });
    await api.submitRun({ deployment: hourly.id, name: "b" });
  });
  const names = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await ledger.json<readonly FlowRun[]>("flow-run", "ls", ...words)).map(({ name }) => name);
  expect(await names("--deployment", "nightly")).toEqual(["a"]);
  expect(await names("--deployment", "etl/hourly")).toEqual(["b"]);
  expect(await names("--deployment", "nightly", "--deployment", "hourly")).toEqual(["b", "a"]);
  expect(await names("--deployment", "other/nightly")).toEqual([]);
  expect(await names("--before", "1d")).toEqual([]);
  expect(await names("--before", "2100-01-01", "--since", "1d")).toEqual(["b", "a"]);
});
