// What is too long for each change: all tests, property tests and chaos with many more cases, and the benchmarks.
// `npm run nightly -- chaos benchmarks` runs these two of its steps, `npm run nightly -- --list` names all.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { findPrefectTests } from "./prefect-tests.ts";

const root = dirname(import.meta.dirname);

interface Step {
  readonly name: string;
  readonly what: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Record<string, string>;
}

/** Their tests say nothing of a database, but for some that open both. */
const foldersOnBoth = ["app", "cli", "engine", "loops", "server", "service", "testing", "worker"];

const prefectTests = await findPrefectTests();
if ("skipped" in prefectTests) process.stdout.write(`Prefect's own tests are left out: ${prefectTests.skipped}\n`);

const steps: readonly Step[] = [
  {
    name: "tests",
    what: "tests, with 20 times the cases of each property, ten times the work of two servers, databases, clocks and disks that fail 20 times as often, every look of each page, and Prefect's client on both databases",
    script: "test",
    env: {
      MILLRACE_TEST_FSYNC: "on",
      MILLRACE_PROPERTY_FACTOR: "20",
      MILLRACE_COMPAT_TARGET: "millrace-sqlite,millrace-postgres",
      MILLRACE_CLUSTER_FACTOR: "10",
      MILLRACE_CHAOS_FACTOR: "20",
      MILLRACE_DASHBOARD_FULL: "1",
      MILLRACE_MODEL_FULL: "1",
      MILLRACE_DASHBOARD_LIVE_SECONDS: "60",
    },
  },
  {
    name: "postgres",
    what: "what runs on SQLite with each change, on PostgreSQL",
    script: "test",
    args: [
      "--project",
      "unit",
      "--typecheck.enabled=false",
      ...foldersOnBoth.map((name) => `packages/millrace/src/${name}`),
    ],
    env: { MILLRACE_TEST_LEDGER: "postgres", MILLRACE_TEST_FSYNC: "on" },
  },
  // By themselves: some count what is done within seconds.
  ...("skipped" in prefectTests
    ? []
    : [
        {
          name: "prefect",
          what: "Prefect's own tests, on both databases",
          script: "test",
          args: ["--project", "compat", "tests/compat/prefect-own.test.ts"],
          env: {
            MILLRACE_COMPAT_TARGET: "millrace-sqlite,millrace-postgres",
            MILLRACE_COMPAT_PREFECT_TESTS: prefectTests.path,
          },
        },
      ]),
  {
    name: "simulation",
    what: "simulated worlds, 20,000 seeds",
    script: "simulate",
    args: ["--seeds", "20000", "--from", "10000"],
    env: {},
  },
  { name: "checks", what: "all checks", script: "check", env: {} },
  { name: "audit", what: "known weaknesses of what is shipped", script: "check", args: ["audit"], env: {} },
  // Some twenty to forty minutes of it are the scenarios.
  {
    name: "chaos",
    what: "chaos, 2,000 seeds and 40 of each scenario, over what is built",
    script: "chaos",
    args: ["--built", "--seeds", "2000"],
    env: {},
  },
  {
    name: "slots",
    what: "three servers and ten workers that are killed and stopped, over 2,000 due times",
    script: "chaos",
    args: ["--built", "--scenario", "many-servers", "--seeds", "1", "--slots", "2000"],
    env: {},
  },
  { name: "benchmarks", what: "all benchmarks", script: "bench", env: {} },
];

const { values, positionals } = parseArgs({ options: { list: { type: "boolean" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
if (values.list === true) process.stdout.write(`${steps.map(({ name, what }) => `${name}: ${what}\n`).join("")}`);
else if (unknown.length > 0) {
  process.stderr.write(
    `No step is called ${unknown.join(" or ")}. There are: ${steps.map(({ name }) => name).join(", ")}\n`,
  );
  process.exitCode = 2;
} else run(positionals.length === 0 ? steps : steps.filter(({ name }) => positionals.includes(name)));

function run(chosen: readonly Step[]): void {
  const outcomes = chosen.map(({ name, what, script, args = [], env }) => {
    process.stdout.write(`\n== ${name}: ${what}\n`);
    const { status } = spawnSync("npm", ["run", "--silent", script, "--", ...args], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, MILLRACE_COMPAT_PREFECT_TESTS: undefined, ...env },
    });
    const outcome = status === 0 ? "passed" : "FAILED";
    process.stdout.write(`== ${name}: ${outcome}\n`);
    return `${name}: ${outcome}`;
  });
  process.stdout.write(`\n${outcomes.join("\n")}\n`);
  if (outcomes.some((outcome) => outcome.endsWith("FAILED"))) process.exitCode = 1;
}
