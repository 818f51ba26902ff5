/**
 * `npm run chaos [-- --scenario NAME] [--seeds N] [--first N] [--seed N] [--slots N] [--database sqlite|postgres] [--built]`: drives seeds with
 * vitest, which is told by the environment. A scenario, a file of `scenarios/`, leaves out the other tests; so does a seed, which
 * without one is of random programs. With `--built` the product is built first, and taken so.
 */

import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildCode } from "../../tools/build.ts";
import { builtVariable } from "./processes.ts";

const { values } = parseArgs({
  options: {
    scenario: { type: "string" },
    seeds: { type: "string" },
    first: { type: "string" },
    seed: { type: "string" },
    slots: { type: "string" },
    database: { type: "string" },
    built: { type: "boolean" },
  },
});

const { built: isBuilt = false, ...seeds } = values;
if (isBuilt) await buildCode();
const chosen = [
  ...Object.entries(seeds).map(([name, value]) => [`MILLRACE_CHAOS_${name.toUpperCase()}`, value] as const),
  [builtVariable, isBuilt ? "1" : ""] as const,
];
const only = testFile();
const { status } = spawnSync("vitest", ["run", "--project", "chaos", ...only], {
  stdio: "inherit",
  env: { ...process.env, ...Object.fromEntries(chosen) },
});
process.exitCode = status ?? 1;

function testFile(): readonly string[] {
  const { scenario, seed } = values;
  if (scenario !== undefined) {
    const file = `tests/chaos/scenarios/${scenario}.test.ts`;
    if (existsSync(file)) return [file];
    throw new Error(`There is no scenario ${scenario}; there are: ${scenarioNames().join(", ")}`);
  }
  return seed === undefined ? [] : ["tests/chaos/random-programs.test.ts"];
}

function scenarioNames(): readonly string[] {
  return globSync("*.test.ts", { cwd: "tests/chaos/scenarios" }).map((name) => name.replace(".test.ts", ""));
}
