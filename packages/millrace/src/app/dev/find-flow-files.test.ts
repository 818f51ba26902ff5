import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findFlowFiles } from "./find-flow-files.ts";

const flowText = 'import { flow } from "millrace";\nexport const f = flow({ name: "f" }, async () => 1);\n';

function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-files-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("of a folder, files that define flows, but no tests and nothing that is installed, built or hidden", () => {
  const folder = makeFolder({
    "etl.ts": flowText,
    "deep/er/report.mts": flowText,
    "deep/only-tasks.ts": 'import { task } from "millrace";\n',
    "etl.test.ts": flowText,
    "types.d.ts": flowText,
    "node_modules/x/flow.js": flowText,
    "dist/etl.js": flowText,
    ".cache/etl.ts": flowText,
    "script.ts": "throw new Error('it must not be run');\n",
    "millrace.yaml": "deployments: []\n",
    "prefect.yaml": "deployments: []\n",
  });
  const found = findFlowFiles([folder]);
  const short = (paths: readonly string[]): readonly string[] => paths.map((path) => relative(folder, path));
  expect(short(found.modules)).toEqual(["deep/er/report.mts", "etl.ts"]);
  expect(short(found.deploymentFiles)).toEqual(["millrace.yaml"]);
  expect(short(found.folders)).toEqual(["", "deep", "deep/er"]);
});

test("a file that is named is taken whatever it says, once", () => {
  const folder = makeFolder({ "plain.ts": "export const a = 1;\n", "more.yaml": "" });
  const file = join(folder, "plain.ts");
  expect(findFlowFiles([file, file, join(folder, "more.yaml")])).toEqual({
    modules: [file],
    deploymentFiles: [join(folder, "more.yaml")],
    folders: [],
  });
});

test("a path that is not there is refused", () => {
  expect(() => findFlowFiles(["/nowhere/at/all"])).toThrow("There is no /nowhere/at/all");
});
