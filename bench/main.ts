/**
 * The benchmarks: `npm run bench -- [name …] [--quick] [--without-peers] [--json]`.
 *
 * Each measures Millrace beside a floor or a peer in the same run. Ends with exit code 1 when a bound is missed; with
 * `--quick` bounds are printed and not enforced.
 */

import { parseArgs } from "node:util";
import { dbos } from "./dbos.ts";
import { dueSchedules } from "./due-schedules.ts";
import { fanOut } from "./fan-out.ts";
import { flatCost } from "./flat-cost.ts";
import { type BenchOptions, type Benchmark, judge, type Report } from "./kit/benchmark.ts";
import { describeMachine } from "./kit/machine.ts";
import { millraceFile } from "./kit/millrace.ts";
import { median } from "./kit/samples.ts";
import { toTable } from "./kit/table.ts";
import { loadLogs } from "./load-logs.ts";
import { loadSchedules } from "./load-schedules.ts";
import { loadSubscribers } from "./load-subscribers.ts";
import { loadTasks } from "./load-tasks.ts";
import { loadWorkers } from "./load-workers.ts";
import { loops } from "./loops.ts";
import { migrations } from "./migrations.ts";
import { postgres } from "./postgres.ts";
import { prefectApi } from "./prefect-api.ts";
import { prefectClient } from "./prefect-client.ts";
import { prefect } from "./prefect.ts";
import { resume } from "./resume.ts";
import { runners } from "./runners.ts";
import { sequential } from "./sequential.ts";
import { server } from "./server.ts";
import { startup } from "./startup.ts";
import { worker } from "./worker.ts";

const benchmarks: readonly Benchmark[] = [
  startup,
  sequential,
  fanOut,
  flatCost,
  resume,
  runners,
  server,
  worker,
  dueSchedules,
  loops,
  migrations,
  postgres,
  dbos,
  prefect,
  prefectApi,
  prefectClient,
  loadTasks,
  loadSchedules,
  loadWorkers,
  loadLogs,
  loadSubscribers,
];

interface Outcome {
  readonly benchmark: Benchmark;
  readonly report: Report | { readonly failed: string };
}

async function run(benchmark: Benchmark, options: BenchOptions): Promise<Outcome> {
  try {
    return { benchmark, report: await benchmark.run(options) };
  } catch (error) {
    return { benchmark, report: { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) } };
  }
}

function toText({ benchmark, report }: Outcome): string {
  const head = `\n${benchmark.name}: ${benchmark.what}\n`;
  if ("failed" in report) return `${head}  FAILED: ${report.failed}\n`;
  if ("skipped" in report) return `${head}  skipped: ${report.skipped}\n`;
  const notes = (report.notes ?? []).map((note) => `  ${note}\n`).join("");
  return `${head}${toTable(report.figures)}\n${notes}`;
}

/** For machines: the medians and their limits, and all samples. */
function toJson({ benchmark: { name, what }, report }: Outcome): unknown {
  if (!("figures" in report)) return { name, what, ...report };
  const figures = report.figures.map((figure) => {
    const value = median(figure.samples);
    return { ...figure, median: value, isKept: judge(value, figure.bound ?? figure.target) !== "MISSED" };
  });
  return { name, what, ...report, figures };
}

function missedBounds({ benchmark, report }: Outcome): string[] {
  if (!("figures" in report)) return [];
  return report.figures
    .filter(({ samples, bound }) => judge(median(samples), bound) === "MISSED")
    .map(({ label }) => `${benchmark.name}: ${label}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    "without-peers": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown !== undefined) {
  process.stderr.write(
    `No benchmark is named ${unknown}. There are: ${benchmarks.map(({ name }) => name).join(", ")}\n`,
  );
  process.exit(2);
}

const machine = describeMachine();
const date = new Date().toISOString().slice(0, 10);
if (!values.json) {
  const { processor, cores, memoryGb, system, node, load } = machine;
  process.stdout.write(
    `${date}, ${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, load ${load.toFixed(1)}\n` +
      `millrace is ${millraceFile}\n`,
  );
}

const outcomes: Outcome[] = [];
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  const outcome = await run(benchmark, {
    isQuick: values.quick,
    withPeers: !values["without-peers"],
    say: (line) => process.stderr.write(`${benchmark.name}: ${line}\n`),
  });
  outcomes.push(outcome);
  if (!values.json) process.stdout.write(toText(outcome));
}

const failed = outcomes.filter(({ report }) => "failed" in report).map(({ benchmark }) => benchmark.name);
const missed = outcomes.flatMap(missedBounds);
if (values.json) {
  process.stdout.write(
    `${JSON.stringify({ date, machine, isQuick: values.quick, benchmarks: outcomes.map(toJson), failed, missed })}\n`,
  );
} else {
  const enforced = values.quick ? " (not enforced: quick)" : "";
  const lines = [...failed.map((name) => `failed: ${name}`), ...missed.map((name) => `missed${enforced}: ${name}`)];
  process.stdout.write(`\n${lines.length === 0 ? "Every bound is kept." : lines.join("\n")}\n`);
}
process.exitCode = failed.length > 0 || (missed.length > 0 && !values.quick) ? 1 : 0;
