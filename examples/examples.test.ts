/** Runs every example as its reader would, each with a ledger of its own, and looks at what it printed and recorded. */

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const folder = import.meta.dirname;
const cli = join(folder, "../packages/millrace/src/cli/main.ts");
const scratch = mkdtempSync(join(tmpdir(), "millrace-examples-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

interface Expected {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Texts that must be printed, in this order. */
  readonly prints: readonly string[];
  /** How many flow runs ended in which state. */
  readonly runs: Readonly<Record<string, number>>;
}

const examples: readonly Expected[] = [
  { file: "etl.ts", prints: ["48 months of rain"], runs: { COMPLETED: 1 } },
  {
    file: "retries.ts",
    prints: ["bread 3.20", "the archive is empty", "'/today': 3", "'/archive': 1"],
    runs: { COMPLETED: 1 },
  },
  { file: "caching.ts", prints: ["what River means", "Computed: 4 of 8 calls"], runs: { COMPLETED: 1 } },
  { file: "mapping.ts", prints: ["published: 39", "notes.txt"], runs: { COMPLETED: 1 } },
  {
    file: "branching.ts",
    prints: ["nothing to do", "a model of 6 rows", "somebody should look"],
    runs: { COMPLETED: 3 },
  },
  { file: "fetch-many.ts", prints: ["pages: 100, bytes: 100000", "at most 10 at once"], runs: { COMPLETED: 1 } },
  {
    file: "parameters.ts",
    prints: ["eu 2026-11-22", "eu 2026-11-23", "Parameters of flow `backfill` are not valid"],
    runs: { COMPLETED: 1 },
  },
  { file: "subflows.ts", prints: ["16000 visitors"], runs: { COMPLETED: 4 } },
  { file: "resume.ts", prints: ["ended by SIGKILL", "step 1 ran", "step 6 ran"], runs: { COMPLETED: 1 } },
  {
    file: "transactions.ts",
    prints: ["rolled back", "failed: a row is negative", "there: false", "committed", "there: true"],
    runs: { COMPLETED: 1, FAILED: 1 },
  },
  { file: "approval.ts", prints: ["approved"], runs: { COMPLETED: 1 } },
  { file: "signals-and-sensors.ts", prints: ["done"], runs: { COMPLETED: 1 } },
  { file: "serve.ts", prints: ["report of eu", "report of us"], runs: { COMPLETED: 2 } },
  { file: "artifacts.ts", prints: ["the\n", "2 tasks: 2 ran; 5 artifacts"], runs: { COMPLETED: 1 } },
  { file: "secrets.ts", prints: ["signedIn: true"], runs: { COMPLETED: 1 } },
  { file: "flights/pipeline.ts", prints: ["2001-05", "2001-06", "Peak memory"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/ml-pipeline.ts", prints: ["Model accuracy: 9"], runs: { COMPLETED: 1 } },
  {
    file: "from-the-field/daily-training.ts",
    prints: ["Model accuracy: 9", "deployed to production"],
    runs: { COMPLETED: 3 },
  },
  { file: "from-the-field/date-training.ts", prints: ["production.json"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/expensive-computation.ts", prints: ["computing", "mean: 2.5"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/parallel-flow.ts", prints: ["partition: 9, result: 18"], runs: { COMPLETED: 1 } },
  {
    file: "from-the-field/conditional-flow.ts",
    prints: ["to production", "to staging", "told the team"],
    runs: { COMPLETED: 3 },
  },
  { file: "from-the-field/etl-flow.ts", prints: ["Loaded: [ 10, 20, 30 ]"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/model-monitoring.ts", prints: ["Retraining the model", "0.85"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/flaky-fetch.ts", prints: ["attempt: 3"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/dynamic-etl.ts", prints: ["sales/2026-11-22"], runs: { COMPLETED: 1 } },
  { file: "from-the-field/fetch-many.ts", prints: ["[ 9, 12 ]"], runs: { COMPLETED: 1 } },
  {
    file: "from-the-field/read-secret.ts",
    env: { API_TOKEN: "abc123-in-no-file" },
    prints: ["17 characters"],
    runs: { COMPLETED: 1 },
  },
];

describe("each example", () => {
  it.for(examples)("$file", async (example) => {
    const home = newHome();
    const output = await runExample(home, example);
    expectInOrder(output, example.prints);
    expect(await countRuns(home)).toEqual(example.runs);
  });

  it("is in the table above, or has a test of its own", () => {
    const tested = examples.map(({ file }) => file);
    for (const place of [".", "from-the-field"]) {
      const files = readdirSync(join(folder, place)).filter(
        (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
      );
      const runnable = files.filter((name) =>
        readFileSync(join(folder, place, name), "utf8").includes("import.meta.main"),
      );
      expect(tested).toEqual(expect.arrayContaining(runnable.map((name) => join(place, name))));
    }
  });
});

describe("what an example records", () => {
  it("caching: a second run computes nothing", async () => {
    const home = newHome();
    await runExample(home, { file: "caching.ts" });
    expect(await runExample(home, { file: "caching.ts" })).toContain("Computed: 0 of 8 calls");
  });

  it("resume: every step ran once", async () => {
    const output = await runExample(newHome(), { file: "resume.ts" });
    for (let step = 1; step <= 6; step++) expect(output.split(`step ${step} ran`).length - 1).toBe(1);
  });

  it("artifacts: a report, its table, a chart, and a progress that is done", async () => {
    const home = newHome();
    await runExample(home, { file: "artifacts.ts" });
    const artifacts = (await millrace(home, "artifact", "ls")) as readonly {
      key: string;
      kind: string;
      data: unknown;
    }[];
    const of = (key: string): unknown => artifacts.find((each) => each.key === key)?.data;
    expect(artifacts.map(({ key, kind }) => `${key} ${kind}`).toSorted()).toEqual([
      "words-chart chart",
      "words-progress progress",
      "words-report markdown",
      "words-source link",
      "words-table table",
    ]);
    expect(of("words-report")).toBe("# Words\n\nThe most common word is **the**.");
    expect(of("words-table")).toMatchObject({ columns: ["word", "count"], rows: expect.arrayContaining([["the", 6]]) });
    expect(of("words-progress")).toMatchObject({ value: 1 });
  });

  it("secrets: the token is in no file of the ledger, and in no output", async () => {
    const home = newHome();
    const output = await runExample(home, { file: "secrets.ts" });
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")).join("\n");
    expect(`${bytes}${output}`).not.toContain("s3cr3t-t0ken-value");
  });

  it("flights: the model does better than the mean on months it has not seen, within 1 GB", async () => {
    const output = await runExample(newHome(), { file: "flights/pipeline.ts" });
    for (const explained of output.matchAll(/([\d.]+) %/g)) expect(Number(explained[1])).toBeGreaterThan(8);
    expect(Number(/Peak memory: (\d+) MB/.exec(output)?.[1])).toBeLessThan(1000);
  });
});

describe("the demo", () => {
  const demo = "penguins/demo.ts";

  it("trains, deploys to production, and takes the forests from the cache the second time", async () => {
    const home = newHome();
    expectInOrder(await runExample(home, { file: demo }), [
      "6 trained now, 0 taken from the cache",
      "went to production",
    ]);
    expectInOrder(await runExample(home, { file: demo }), [
      "0 trained now, 6 taken from the cache",
      "went to production",
    ]);
    expect(JSON.parse(readFileSync(join(home, "registry/production/metadata.json"), "utf8")).accuracy).toBeGreaterThan(
      0.9,
    );
    const artifacts = (await millrace(home, "artifact", "ls")) as readonly { key: string }[];
    expect(new Set(artifacts.map(({ key }) => key))).toEqual(
      new Set(["penguins-report", "penguins-models", "penguins-chart"]),
    );
  });

  it("knows less of each bird: to staging, or nowhere", async () => {
    const home = newHome();
    expect(await runExample(home, { file: demo, args: ["--features", "flipperLength"] })).toContain("went to staging");
    expect(await runExample(home, { file: demo, args: ["--features", "bodyMass"] })).toContain(
      "To the team: no model is good enough",
    );
  });

  it("stops at bad data", async () => {
    const home = newHome();
    const output = await runExample(home, { file: demo, args: ["--bad-data"] });
    expect(output).toMatch(/Data quality failed: 1\d\.\d % of bodyMass is missing/);
    expect(await countRuns(home)).toEqual({ FAILED: 1 });
  });

  it("is killed half-way and resumed, and what was recorded does not run again", async () => {
    const home = newHome();
    const output = await runExample(home, { file: demo, args: ["--kill"] });
    expectInOrder(output, ["Killed half-way", "Nothing that was recorded ran again."]);
    // The result as a whole has hundreds of lines, and would push what happened off the screen.
    expect(output).not.toContain("predicted");
    expect(output.match(/recorded before the kill/g)?.length).toBeGreaterThanOrEqual(2);
    expect(await countRuns(home)).toEqual({ COMPLETED: 1 });
  });
});

function newHome(): string {
  return mkdtempSync(join(scratch, "home-"));
}

async function runExample(
  home: string,
  { file, args = [], env = {} }: Pick<Expected, "file" | "args" | "env">,
): Promise<string> {
  const { stdout, stderr } = await node(home, [join(folder, file), ...args], {
    DEMO_JOURNAL: join(home, "demo.log"),
    ...env,
  });
  return `${stdout}\n${stderr}`;
}

async function millrace(home: string, ...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await node(home, [cli, ...args, "--json"])).stdout);
}

async function countRuns(home: string): Promise<Record<string, number>> {
  const runs = (await millrace(home, "flow-run", "ls", "--all")) as readonly { state: { type: string } }[];
  return Object.fromEntries(
    Object.entries(Object.groupBy(runs, (run) => run.state.type)).map(([type, some]) => [type, some?.length ?? 0]),
  );
}

function node(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...env, MILLRACE_HOME: home, NODE_OPTIONS: "--conditions=millrace-source" },
    maxBuffer: 2 ** 26,
    timeout: 100_000,
  });
}

function expectInOrder(output: string, texts: readonly string[]): void {
  let from = 0;
  for (const text of texts) {
    const at = output.indexOf(text, from);
    expect(at, `“${text}” is not in, or not in this order in:\n${output}`).toBeGreaterThanOrEqual(0);
    from = at + text.length;
  }
}
