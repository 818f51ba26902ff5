/** What a person needs to see of a seed that failed, and how to see it again. */

import { spawnSync } from "node:child_process";
import type { DoneSeed } from "./drive-seeds.ts";

const maxViolations = 20;

export function reportSeed({ seed, violations, tail }: DoneSeed): string {
  const more = violations.length - maxViolations;
  return [
    `Seed ${seed} at commit ${commit()} violates:`,
    ...violations.slice(0, maxViolations).map((violation) => `  - ${violation}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    "What happened last (ms, what):",
    ...tail.map((line) => `  ${line}`),
    `Again: npm run simulate -- --seed ${seed} --trace`,
  ].join("\n");
}

function commit(): string {
  const { stdout } = spawnSync("git", ["describe", "--always", "--dirty"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return stdout?.trim() || "unknown";
}
