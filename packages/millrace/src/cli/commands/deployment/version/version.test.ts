import { expect, test } from "vitest";
import type { Deployment, DeploymentVersion } from "../../../../contract/objects.ts";
import { createCommandLine } from "../../../in-process.testsuite.ts";
import { seedDeployments } from "../../../seed-deployments.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

test("versions are listed, shown, compared and brought back", async () => {
  await ledger.seed(async (api) => {
    await seedDeployments(api);
    await api.saveDeployment({
      flowName: "etl",
      name: "nightly",
      parameters: { rows: 20 },
      jobVariables: { env: { A: "1" } },
    });
  });
  expect(await stdout("deployment", "version", "ls", "etl/nightly")).toMatch(/^ *NUMBER .*\n +2 .*\n +1 /);
  expect(await ledger.json<DeploymentVersion>("deployment", "version", "inspect", "nightly", "1")).toMatchObject({
    number: 1,
    definition: { parameters: { rows: 10 } },
  });
  expect(await stdout("deployment", "version", "inspect", "nightly")).toContain("2, which it has now");
  expect(await stdout("deployment", "version", "diff", "nightly")).toBe(
    [
      "etl/nightly, version 1 → 2",
      "jobVariables.env",
      "  - null",
      '  + {"A":"1"}',
      "parameters.rows",
      "  - 10",
      "  + 20",
      "",
    ].join("\n"),
  );
  const dry = await stdout("deployment", "version", "roll-back", "nightly", "1", "--dry-run");
  expect(dry).toContain("version 2 → 1");
  expect(await stdout("deployment", "version", "roll-back", "nightly", "1", "-y")).toContain(
    "etl/nightly is what it was in version 1, as version 3.",
  );
  expect(await ledger.json<Deployment>("deployment", "inspect", "nightly")).toMatchObject({
    parameters: { rows: 10 },
    versionNumber: 3,
  });
  expect(await stdout("deployment", "version", "ls", "nightly")).toMatch(/^ +3 .* brought back 1$/m);
  expect(await stdout("deployment", "version", "diff", "nightly", "1", "3")).toBe(
    "Versions 1 and 3 of etl/nightly are the same.\n",
  );
});

test("a version that is not there is told, with those that are", async () => {
  expect(await run("deployment", "version", "inspect", "nightly", "9")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("`millrace deployment version ls etl/nightly` lists them."),
  });
  expect(await run("deployment", "version", "diff", "nightly", "old")).toMatchObject({ code: 2 });
});
