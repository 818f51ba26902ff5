import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TrialReport } from "../../../contract/trials.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

const alert = {
  name: "late-reports",
  trigger: { kind: "event", expect: ["report.late"], threshold: 2, within: "10m" },
  actions: [{ kind: "do-nothing" }],
};

test("an automation is tried on past events before and after it is made, and nothing comes of it", async () => {
  const path = join(ledger.home, "alert.json");
  writeFileSync(path, JSON.stringify(alert));
  expect(await stdout("automation", "try", "-f", path)).toContain("Nothing would have set it off");
  for (const id of ["report.1", "report.2"]) await stdout("event", "emit", "report.late", "--resource", `id=${id}`);
  expect(await stdout("automation", "try", "-f", path)).toMatch(/ Triggered +.*\n\nIt would have fired 1 time; /);
  await stdout("automation", "create", "-f", path);
  const report = await ledger.json<TrialReport>("automation", "try", "late-reports", "--since", "1h");
  expect(report).toMatchObject({ firings: [{ state: "Triggered" }], isCut: false });
  expect(report.firings[0]?.eventIds).toHaveLength(2);
  expect(await stdout("automation", "history", "late-reports")).toContain("Nothing has set late-reports off yet.");
});

test("what is to be tried must be said, once", async () => {
  expect(await run("automation", "try")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("give --from-file"),
  });
  expect(await run("automation", "try", "a", "-f", "b")).toMatchObject({ code: 2 });
  const path = join(ledger.home, "two.json");
  writeFileSync(path, JSON.stringify([alert, { ...alert, name: "other" }]));
  expect(await run("automation", "try", "-f", path)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("has to have one automation"),
  });
});
