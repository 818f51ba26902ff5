/**
 * `npm run chaos [-- --seeds N] [--first N] [--seed N] [--database sqlite|postgres]`: drives seeds with vitest, which is told by
 * the environment. A seed alone leaves out the other tests.
 */

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    first: { type: "string" },
    seed: { type: "string" },
    database: { type: "string" },
  },
});

const chosen = Object.entries(values).map(([name, value]) => [`MILLRACE_CHAOS_${name.toUpperCase()}`, value] as const);
const only = values.seed === undefined ? [] : ["tests/chaos/random-programs.test.ts"];
const { status } = spawnSync("vitest", ["run", "--project", "chaos", ...only], {
  stdio: "inherit",
  env: { ...process.env, ...Object.fromEntries(chosen) },
});
process.exitCode = status ?? 1;
