import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const entrypoint = `${join(mkdtempSync(join(tmpdir(), "millrace-deploy-")), "etl.py")}:etl`;

beforeAll(async () => {
  writeFileSync(entrypoint.replace(":etl", ""), "@flow\ndef etl():\n    pass\n");
  await ledger.stdout("work-pool", "create", "local", "--type", "process");
});

test("a flow is deployed with its job variables, and what becomes of runs over its limit", async () => {
  const limit = ["--concurrency-limit", "1", "--collision-strategy", "cancel-new"];
  const variables = ["--job-variable", 'env={"STAGE":"test"}', "--job-variable", "working_dir=/srv"];
  await ledger.stdout("deploy", entrypoint, "--pool", "local", "--name", "nightly", ...limit, ...variables);
  expect(await ledger.json("deployment", "inspect", "etl/nightly")).toMatchObject({
    concurrencyLimit: 1,
    collisionStrategy: "cancel-new",
    jobVariables: { env: { STAGE: "test" }, working_dir: "/srv" },
  });
});

test.each([
  [
    ["--collision-strategy", "cancel-all", "--concurrency-limit", "1"],
    "--collision-strategy does not take `cancel-all`",
  ],
  [["--collision-strategy", "enqueue"], "give --concurrency-limit too"],
])("%j is refused", async (words, text) => {
  const ended = await ledger.run("deploy", entrypoint, "--pool", "local", ...words);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(text);
});
