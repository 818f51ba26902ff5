// The checks that are not tests: node tools/check.ts [name ...] runs all that say the same each day, or those named, and reports each.
//
// With MILLRACE_REPORTS set, the result is also written to checks.json in that folder.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { audit } from "./audit.ts";
import { buildCode, buildDashboard } from "./build.ts";
import { buildAndPack } from "./pack.ts";
import { findShipped, type Manifest } from "./sbom.ts";

const root = dirname(import.meta.dirname);

interface Check {
  readonly name: string;
  readonly what: string;
  readonly run: () => boolean | Promise<boolean>;
  /** It asks others, who may say something else tomorrow: only when it is named, as the nightly does. */
  readonly isOnlyNamed?: boolean;
}

const checks: readonly Check[] = [
  {
    name: "types",
    what: "TypeScript, over all of the repository",
    run: () =>
      ["tsconfig.json", "dashboard/tsconfig.json", "tests/dashboard/tsconfig.json"]
        .map((project) => command("tsc", "--project", project))
        .every(Boolean),
  },
  { name: "lint", what: "oxlint, with rules that know types", run: () => command("oxlint", "--deny-warnings") },
  { name: "format", what: "Biome's formatter", run: () => command("biome", "format") },
  { name: "unused", what: "knip: files, exports and dependencies that nothing uses", run: () => command("knip") },
  { name: "package", what: "the packed package, seen by publint and are-the-types-wrong", run: checkPackage },
  { name: "audit", what: "known weaknesses of what the package ships", run: checkWeaknesses, isOnlyNamed: true },
];

function command(program: string, ...args: string[]): boolean {
  const path = join(root, "node_modules", ".bin", program);
  return spawnSync(path, args, { cwd: root, stdio: "inherit" }).status === 0;
}

async function checkPackage(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-check-"));
  try {
    const tarball = await buildAndPack(folder);
    const isWellFormed = command("publint", "run", tarball, "--strict");
    const hasRightTypes = command("attw", tarball, "--profile", "esm-only", "--no-definitely-typed");
    return isWellFormed && hasRightTypes;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is bundled is known when it is built. */
async function checkWeaknesses(): Promise<boolean> {
  await buildCode();
  buildDashboard();
  const folder = join(root, "packages/millrace");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const found = audit(root, findShipped(join(folder, "dist"), manifest));
  if ("skipped" in found) {
    process.stdout.write(`Skipped: ${found.skipped}\n`);
    return true;
  }
  for (const weakness of found.weak) process.stdout.write(`${weakness}\n`);
  return found.weak.length === 0;
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !checks.some((check) => check.name === name));
if (unknown !== undefined) {
  process.stderr.write(`No check is named ${unknown}. There are: ${checks.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

const failed: string[] = [];
const passed: string[] = [];
for (const { name, what, run, isOnlyNamed = false } of checks) {
  if (wanted.length > 0 ? !wanted.includes(name) : isOnlyNamed) continue;
  process.stdout.write(`\n== ${name}: ${what}\n`);
  const start = performance.now();
  const isPassed = await run();
  (isPassed ? passed : failed).push(name);
  process.stdout.write(
    `== ${name}: ${isPassed ? "passed" : "FAILED"} in ${Math.round(performance.now() - start)} ms\n`,
  );
}

const reports = process.env.MILLRACE_REPORTS;
if (reports !== undefined) {
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, "checks.json"), JSON.stringify({ passed, failed }));
}
process.stdout.write(
  `\nChecks: ${passed.length} passed, ${failed.length} failed${failed.length > 0 ? ` (${failed.join(", ")})` : ""}\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
