/**
 * `npm run chaos [-- --seeds N] [--first N] [--seed N] [--database sqlite|postgres] [--built]`: drives seeds with vitest, which is
 * told by the environment. A seed alone leaves out the other tests. With `--built` the product is built first, and taken so.
 */

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { buildCode } from "../../tools/build.ts";
import { builtVariable } from "./processes.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    first: { type: "string" },
    seed: { type: "string" },
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
const only = values.seed === undefined ? [] : ["tests/chaos/random-programs.test.ts"];
const { status } = spawnSync("vitest", ["run", "--project", "chaos", ...only], {
  stdio: "inherit",
  env: { ...process.env, ...Object.fromEntries(chosen) },
});
process.exitCode = status ?? 1;
