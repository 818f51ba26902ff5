import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Artifact } from "../../../contract/records.ts";
import { aFlowRun, anArtifact } from "../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();

const root = aFlowRun({ name: "whole" });
const part = aFlowRun({ name: "part", parentRunId: root.id, rootRunId: root.id });
const leaf = aFlowRun({ name: "leaf", parentRunId: part.id, rootRunId: root.id });
const other = aFlowRun({ name: "other", parentRunId: root.id, rootRunId: root.id });
const table = JSON.stringify({ columns: ["id"], rows: [[1]] }).replace("[1]", "[12345678901234567890]");

beforeAll(() =>
  ledger.seed(async (api) => {
    for (const run of [root, part, leaf, other]) await api.record({ processId: "seed", created: [run] });
    const artifacts = [root, part, leaf, other].map(({ id, name }) => anArtifact(id, { key: `of-${name}` }));
    const ids = anArtifact(null, { key: "ids", kind: "table", data: table });
    await api.record({ processId: "seed", artifacts: [...artifacts, ids] });
  }),
);

test.each([
  ["whole", ["of-whole", "of-part", "of-leaf", "of-other"]],
  ["part", ["of-part", "of-leaf"]],
  ["leaf", ["of-leaf"]],
])("artifacts of the run %s are its own and its descendants'", async (name, keys) => {
  const found = await ledger.json<readonly Artifact[]>("artifact", "ls", "--run", name);
  expect(new Set(found.map(({ key }) => key))).toEqual(new Set(keys));
  expect(await ledger.stdout("flow-run", "inspect", name)).toMatch(
    keys.length === 1 ? /\b1 artifact\b/ : new RegExp(`\\b${keys.length} artifacts\\b`),
  );
});

test("numbers of a table are shown and written as they are recorded", async () => {
  const path = join(ledger.home, "ids.csv");
  expect(await ledger.stdout("artifact", "inspect", "ids")).toContain("12345678901234567890");
  await ledger.stdout("artifact", "inspect", "ids", "--output", path);
  expect(readFileSync(path, "utf8")).toBe("id\n12345678901234567890\n");
  expect(await ledger.stdout("artifact", "inspect", "ids", "--json")).toContain("12345678901234567890");
});

test("no cell of a table that is written to a file is a formula", async () => {
  const path = join(ledger.home, "formulas.csv");
  const rows = [
    ["=1+1", "+1", "@SUM(1)", "-x", "-1.5"],
    [-1, "a=b", '=H("x")', "\t=1", null],
  ];
  const data = JSON.stringify({ columns: ["=c", "b", "c", "d", "e"], rows });
  await ledger.seed((api) =>
    api.record({ processId: "seed", artifacts: [anArtifact(null, { key: "f", kind: "table", data })] }),
  );
  await ledger.stdout("artifact", "inspect", "f", "--output", path);
  expect(readFileSync(path, "utf8")).toBe(`'=c,b,c,d,e\n'=1+1,'+1,'@SUM(1),'-x,-1.5\n-1,a=b,"'=H(""x"")",'\t=1,\n`);
});
