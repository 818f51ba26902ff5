import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Imports the package in a process of its own, and tells which files and modules of Node that has loaded. */
const program = `
  import { registerHooks } from "node:module";
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  const before = new Set(process.moduleLoadList);
  await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  console.log(JSON.stringify({ files, builtins, handles: process.getActiveResourcesInfo() }));
`;

interface Loaded {
  readonly files: readonly string[];
  readonly builtins: readonly string[];
  readonly handles: readonly string[];
}

test("importing millrace loads what flows are written with, and nothing that runs them", () => {
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  const { files, builtins, handles } = JSON.parse(output) as Loaded;
  const source = new URL("../", import.meta.url).href;
  const own = files.filter((file) => !file.startsWith("node:"));
  const layers = own.map((file) => (file.startsWith(source) ? file.slice(source.length).split("/")[0] : file));
  expect(new Set(layers)).toEqual(new Set(["exports", "sdk", "contract", "kit"]));
  expect(builtins.filter((name) => /crypto|sqlite|http|child_process|fs\/promises/.test(name))).toEqual([]);
  expect(handles.filter((name) => name !== "PipeWrap")).toEqual([]);
});
