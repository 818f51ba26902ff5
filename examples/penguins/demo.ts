/**
 * The main demo: trains random forests on Palmer penguins, and says what happened and how to look further.
 *
 *   npm run demo                              run it; a second run within the hour takes the forests from the cache
 *   npm run demo -- --kill                    kill it half-way, resume it, and see that nothing recorded runs again
 *   npm run demo -- --bad-data                feed it a file with holes: the validation stops it
 *   npm run demo -- --features flipperLength  know less of each bird: good enough for staging only; try bodyMass
 */

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { millraceJson, watchMillraceJson } from "../command.ts";
import type { Feature } from "./data.ts";
import { penguinsFile } from "./data.ts";
import type { Evaluation } from "./model.ts";
import { pipeline } from "./pipeline.ts";
import { percent } from "./report.ts";

const home = (process.env.MILLRACE_HOME ??= join(import.meta.dirname, ".millrace"));
const registry = join(home, "registry");
const journal = (process.env.DEMO_JOURNAL = join(home, "demo.log"));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kill: { type: "boolean" }, "bad-data": { type: "boolean" }, features: { type: "string" } },
  });
  mkdirSync(home, { recursive: true });
  rmSync(journal, { force: true });

  if (values.kill) await killAndResume();
  else if (values["bad-data"]) await runOnBadData();
  else await run(values.features?.split(",") as Feature[] | undefined);
}

async function run(features: Feature[] | undefined): Promise<void> {
  const { stage, accuracy, trees, evaluations } = await pipeline({ registry, ...(features && { features }) });
  const trained = count("started");

  heading("What happened");
  printModels(evaluations, trees);
  const hits = evaluations.length - trained;
  say(`The ${evaluations.length} forests: ${trained} trained now, ${hits} taken from the cache.`);
  sayChosen({ stage, accuracy });
  if (stage !== "nowhere") say(`Model and metadata: ${relative(process.cwd(), join(registry, stage))}`);
  await lookFurther();
  if (trained > 0) {
    say("Run it again within the hour: no forest is trained twice.");
    say("Or kill it half-way: npm run demo -- --kill");
  }
}

/** What the pipeline returns, as far as it is told of. */
type Trained = Pick<Awaited<ReturnType<typeof pipeline>>, "stage" | "accuracy">;

function sayChosen({ stage, accuracy }: Trained): void {
  say(`The chosen one recognises ${percent(accuracy)} of birds it has never seen,`);
  say(`and went to ${stage}.`);
}

async function runOnBadData(): Promise<void> {
  const rows: Record<string, unknown>[] = JSON.parse(await readFile(new URL(penguinsFile), "utf8"));
  const holes = rows.map((row, at) => (at % 10 === 0 ? { ...row, "Body Mass (g)": null } : row));
  const file = join(home, "penguins-with-holes.json");
  await writeFile(file, JSON.stringify(holes));

  const error = await pipeline({ file: pathToFileURL(file).href, registry }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  heading("What happened");
  say("One body mass in ten was blanked. The pipeline stopped at its validation,");
  say("before any training:");
  say(`  ${error instanceof Error ? error.message : "no error: that is a defect of the demo"}`);
  await lookFurther();
}

async function killAndResume(): Promise<void> {
  // A seed of its own, so that no forest of an earlier run is in the cache.
  const parameters = JSON.stringify({ registry, seed: Date.now() % 1e9 });
  const child = spawn(process.execPath, [
    ...process.execArgv,
    fileURLToPath(import.meta.resolve("./pipeline.ts")),
    parameters,
  ]);
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  while (count("recorded") < 2 && child.exitCode === null) await sleep(5);
  child.kill("SIGKILL");
  await ended;
  const recorded = lines("recorded");

  heading("Killed half-way");
  say(`kill -9 of process ${child.pid}, with ${recorded.length} of 6 forests recorded.`);
  const { id } = await newestRun();
  say(`Now: millrace flow-run resume ${id}\n`);
  const { result } = (await watchMillraceJson("flow-run", "resume", id)) as { readonly result: Trained | null };

  heading("What happened");
  if (result !== null) sayChosen(result);
  say("");
  say("forest              started   why");
  for (const forest of new Set(lines("started"))) {
    const times = lines("started").filter((line) => line === forest).length;
    const why = recorded.includes(forest)
      ? "recorded before the kill"
      : times > 1
        ? "cut off by the kill, run again"
        : "not begun before the kill";
    say(`${forest.padEnd(18)}  ${String(times).padStart(7)}   ${why}`);
  }
  const again = recorded.filter((forest) => lines("started").filter((line) => line === forest).length > 1);
  say(
    again.length === 0
      ? "\nNothing that was recorded ran again."
      : `\nRan again although recorded: ${again.join(", ")}`,
  );
  process.exitCode = again.length === 0 ? 0 : 1;
  await lookFurther();
}

function printModels(evaluations: readonly Evaluation[], chosen: number): void {
  say("trees   validation     test");
  for (const { trees, validation, test } of evaluations) {
    const cells = [
      String(trees).padStart(5),
      percent(validation.accuracy).padStart(10),
      percent(test.accuracy).padStart(8),
    ];
    say(`${cells.join("   ")}${trees === chosen ? "   chosen by its validation" : ""}`);
  }
}

async function lookFurther(): Promise<void> {
  const { id } = await newestRun();
  heading("Look further");
  say(`export MILLRACE_HOME=${relative(process.cwd(), home)}`);
  say("npm run millrace -- flow-run ls");
  say(`npm run millrace -- flow-run inspect ${id.slice(0, 13)}`);
  say("npm run millrace -- artifact inspect penguins-report");
  say("");
  say("Why each task ran, or did not:");
  say(`  npm run millrace -- flow-run explain ${id.slice(0, 13)}`);
  say("The same as pages, at http://127.0.0.1:4270:");
  say("  npm run build && npm run millrace -- server start");
}

async function newestRun(): Promise<{ readonly id: string }> {
  const runs = (await millraceJson("flow-run", "ls", "--limit", "1")) as readonly { readonly id: string }[];
  if (runs[0] === undefined) throw new Error(`No run is recorded in ${home}`);
  return runs[0];
}

/** What the tasks themselves wrote down outside the ledger. */
function lines(event: "started" | "recorded"): readonly string[] {
  let text = "";
  try {
    text = readFileSync(journal, "utf8");
  } catch {
    // Nothing has run yet.
  }
  return text.split("\n").flatMap((line) => (line.startsWith(event) ? [line.slice(event.length + 1)] : []));
}

const count = (event: "started" | "recorded"): number => lines(event).length;
const say = (line: string): void => console.log(line === "" ? line : `  ${line}`);
const heading = (title: string): void => console.log(`\n${title}\n`);

if (import.meta.main) await main();
