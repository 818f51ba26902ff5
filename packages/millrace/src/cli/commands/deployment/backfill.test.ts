import { expect, test } from "vitest";
import type { ScheduledRun } from "../../../contract/deployments.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { seedDeployments } from "../../seed-deployments.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

test("runs of a time that is over are foreseen, made once, and can be renamed", async () => {
  await ledger.seed(seedDeployments);
  const week = ["deployment", "backfill", "nightly", "--from", "2026-01-01T12:00Z", "--to", "2026-01-04T12:00Z"];
  const foreseen = await ledger.json<readonly ScheduledRun[]>(...week, "--dry-run");
  expect(foreseen.map(({ dueAt }) => new Date(dueAt).toISOString())).toEqual([
    "2026-01-02T01:00:00.000Z",
    "2026-01-03T01:00:00.000Z",
    "2026-01-04T01:00:00.000Z",
  ]);
  expect(await stdout(...week, "--dry-run")).toContain("3 runs would be made, of 3 in that time.");
  expect(await stdout(...week, "-y")).toBe("Made 3 runs of etl/nightly.\n");
  expect(await stdout(...week, "-y")).toContain("0 runs would be made, of 3 in that time.");
  expect(await stdout("flow-run", "rename", foreseen[0]?.id ?? "", "the second")).toMatch(
    / is etl .* the second now\.$/m,
  );
  const runs = await ledger.json<readonly FlowRun[]>("flow-run", "ls");
  expect(runs).toHaveLength(3);
  expect(runs.map(({ name }) => name)).toContain("the second");
});

test("a time that cannot be is refused", async () => {
  expect(await run("deployment", "backfill", "nightly")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--from is missing"),
  });
  expect(await run("deployment", "backfill", "nightly", "--from", "2026-02-01", "--to", "2026-01-01")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--from is after --to"),
  });
});
