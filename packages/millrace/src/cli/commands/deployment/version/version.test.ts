import { expect, test } from "vitest";
import type { Deployment, DeploymentVersion } from "../../../../contract/objects.ts";
import { createCommandLine } from "../../../in-process.testsuite.ts";
import { seedDeployments } from "../../../seed-deployments.testsuite.ts";
import { movingCode } from "./version-text.ts";

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
  expect(dry).toContain("Its code does not come back: it is what is where its workers run when a run starts.\n");
  expect(await stdout("deployment", "version", "roll-back", "nightly", "1", "-y")).toContain(
    "etl/nightly is what it was in version 1, but for its code, as version 3.",
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

test.each([
  [{ pullSteps: [{ git_clone: { repository: "r", commit: "0a1b" } }] }, null],
  [{ pullSteps: [{ git_clone: { repository: "r", branch: "main" } }] }, "the newest of main of r"],
  [{ pullSteps: [{ git_clone: { repository: "r" } }, { npm_ci: {} }] }, "the newest of r"],
  [{ pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "r", commit_sha: "0a1b" } }] }, null],
  [{ pullSteps: [{ pull_archive: { storage: "s3://b", key: "0a1b" } }] }, null],
  [{ pullSteps: [{ "prefect_aws.deployments.steps.pull_from_s3": {} }] }, "what is where it is pulled from"],
  [{ pullSteps: [{ set_working_directory: { directory: "/srv" } }], path: "/srv" }, "what is in /srv"],
  [{ path: "/srv/etl" }, "what is in /srv/etl"],
  [{ jobVariables: { image: "registry.example/etl:1" } }, null],
])("of a version %j the code that may be other by now is %s", (definition, expected) => {
  expect(movingCode({ definition } as unknown as DeploymentVersion)).toBe(expected);
});

test("a version that is not there is told, with those that are", async () => {
  expect(await run("deployment", "version", "inspect", "nightly", "9")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("`millrace deployment version ls etl/nightly` lists them."),
  });
  expect(await run("deployment", "version", "diff", "nightly", "old")).toMatchObject({ code: 2 });
});
