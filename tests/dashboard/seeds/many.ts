/** What is overfull: very many runs, task runs, log lines. Plain loops, so that the same is there each time. */

import { anError, runIdOf, type LogSpec, type RunSpec, type StateName, taskIdOf, type TaskSpec } from "./run-spec.ts";
import type { SeedLedger } from "./seed-ledger.ts";

const minute = 60_000;
const day = 86_400_000;

const reasons = [
  "connection refused by db.example:5432",
  "HTTP 503 from shop.example",
  "no column `amount` in orders.csv",
  "out of disk space",
  "the answer of the model is no JSON",
] as const;

/** 100,000 runs of 50 flows in 30 days. */
export function fillManyRuns(count: number): (ledger: SeedLedger) => Promise<void> {
  return async (ledger) => void (await ledger.addRuns(makeRuns(count)));
}

function* makeRuns(count: number): Iterable<RunSpec> {
  for (let index = 0; index < count; index++) {
    // Spread by a prime, so that neighbours differ.
    const draw = (index * 7919) % 1000;
    const state: StateName =
      draw < 40 ? "Failed" : draw < 50 ? "Crashed" : draw < 55 ? "TimedOut" : draw < 65 ? "Cancelled" : "Completed";
    const flow = `flow-${String((index * 31) % 50).padStart(2, "0")}`;
    const reason = reasons[draw % reasons.length] ?? reasons[0];
    const isRecent = index < 40;
    yield {
      flow,
      name: `run-${index}`,
      agoMs: Math.floor((index / count) * 30 * day) + 1000 + (isRecent ? index * 50 : 0),
      tookMs: 500 + ((index * 104_729) % 120_000),
      state: index < 20 ? "Running" : state,
      tags: [index % 3 === 0 ? "daily" : "hourly", `team-${index % 7}`],
      ...(state === "Failed" && index >= 20
        ? { message: reason, error: anError("Error", reason, [`flows/${flow}.ts:${10 + (draw % 5)}:3`]) }
        : {}),
    };
  }
}

export interface BigRun {
  readonly flow: string;
  readonly name: string;
  readonly taskRuns: number;
}

/** One run: stages one after the other, each maps over many items, each item of a stage may call nested tasks. */
export function fillBigRun(big: BigRun): (ledger: SeedLedger) => Promise<void> {
  return async (ledger) => void (await ledger.addRuns(makeBigRun(big)));
}

const stages = ["list", "fetch", "parse", "clean", "enrich", "score", "check", "store", "index", "report"] as const;

function* makeBigRun(big: BigRun): Iterable<RunSpec> {
  const { flow, name, taskRuns } = big;
  const runId = runIdOf(flow, name);
  const tookMs = 40 * minute;
  const error = anError("AggregateError", "37 items failed", ["flows/backfill.ts:120:11"]);
  yield {
    flow,
    name,
    agoMs: 50 * minute,
    tookMs,
    state: "Failed",
    message: "37 items failed",
    error,
    parameters: { from: "2026-01-01", to: "2026-11-25", items: taskRuns },
    tags: ["backfill"],
    tasks: makeTasks(big, tookMs),
    logs: makeLogs(2000, { tasks: (index) => `fetch item-${index % 50}`, stepMs: 1100 }),
    artifacts: [{ kind: "progress", key: "backfill-progress", data: { value: 0.998 } }],
  };
  for (let index = 0; index < 5; index++) {
    const child = `${name}-part-${index + 1}`;
    yield {
      flow: "backfill-part",
      name: child,
      agoMs: 50 * minute - index * 6 * minute,
      tookMs: 5 * minute,
      state: index === 3 ? "Failed" : "Completed",
      ...(index === 3 ? { error: anError("Error", "part 4 has no rows"), message: "part 4 has no rows" } : {}),
      parent: { runId, taskRunId: taskIdOf(runId, child), rootId: runId },
      tasks: Array.from(
        { length: 20 },
        (_, part): TaskSpec => ({
          task: "copy",
          name: `copy ${part}`,
          fromMs: 100 + part * 14_000,
          tookMs: 13_000,
          state: "Completed",
        }),
      ),
    };
  }
}

function* makeTasks({ name, taskRuns }: BigRun, tookMs: number): Iterable<TaskSpec> {
  for (let index = 0; index < 5; index++) {
    const child = `${name}-part-${index + 1}`;
    yield {
      task: "backfill-part",
      name: child,
      kind: "flow",
      childFlowRunId: runIdOf("backfill-part", child),
      fromMs: index * 6 * minute,
      tookMs: 5 * minute,
      state: index === 3 ? "Failed" : "Completed",
    };
  }
  const perStage = Math.floor((taskRuns - 5) / stages.length);
  const stageMs = tookMs / stages.length;
  for (const [stage, task] of stages.entries()) {
    const before = stages[stage - 1];
    for (let index = 0; index < perStage; index++) {
      const isNested = stage > 0 && index % 10 >= 8;
      const isFailed = task === "check" && index % Math.max(1, Math.floor(perStage / 37)) === 5;
      const isRetried = (index * 7 + stage) % 53 === 0;
      yield {
        task: isNested ? `${task}-part` : task,
        name: `${task} item-${index}`,
        fromMs: Math.floor(stage * stageMs * 0.9 + (index / perStage) * stageMs),
        tookMs: 300 + ((index * 104_729) % 9000),
        state: isFailed ? "Failed" : (index + stage) % 17 === 0 ? "Cached" : "Completed",
        attempts: isRetried ? 3 : 1,
        result: index,
        ...(isNested ? { parent: `${task} item-${index - 1}` } : {}),
        ...(before === undefined ? {} : { after: [`${before} item-${index}`] }),
        ...(isFailed ? { error: anError("Error", `item ${index} has no score`), message: "no score" } : {}),
      };
    }
  }
}

/** A run whose log is a million lines long: of several tasks and levels, with colours and progress bars. */
export function fillLongLog(lines: number): (ledger: SeedLedger) => Promise<void> {
  return async (ledger) => {
    const tasks = ["download", "unpack", "convert", "upload"] as const;
    await ledger.addRuns([
      {
        flow: "mirror",
        name: "long-log",
        agoMs: 30 * 3_600_000,
        tookMs: 29 * 3_600_000,
        state: "Completed",
        tasks: tasks.map(
          (task, index): TaskSpec => ({
            task,
            fromMs: index * 7 * 3_600_000,
            tookMs: 7 * 3_600_000 - 1000,
            state: "Completed",
            attempts: index === 1 ? 2 : 1,
          }),
        ),
        logs: makeLogs(lines, {
          tasks: (index) => tasks[Math.floor((index / lines) * tasks.length)] ?? "upload",
          stepMs: (29 * 3_600_000) / lines,
        }),
      },
    ]);
  };
}

function* makeLogs(
  count: number,
  { tasks, stepMs }: { readonly tasks: (index: number) => string; readonly stepMs: number },
): Iterable<LogSpec> {
  for (let index = 0; index < count; index++) {
    yield { atMs: index * stepMs, ...lineOf(index), ...(index % 50 === 0 ? {} : { task: tasks(index) }) };
  }
}

function lineOf(index: number): Omit<LogSpec, "atMs"> {
  if (index % 9973 === 9000) {
    return {
      level: "error",
      message: `Error: file ${index} is damaged\n    at read (file:///srv/flows/mirror.ts:31:5)`,
    };
  }
  if (index % 401 === 400) return { level: "warn", message: `file ${index} is read again`, fields: { file: index } };
  if (index % 97 === 0) return { message: `\u001b[32m✔\u001b[0m file ${index} \u001b[2m${index % 4096} KiB\u001b[0m` };
  if (index % 89 === 0) return { message: `10 %\r40 %\r80 %\r100 % of file ${index}` };
  if (index % 11 === 0) return { level: "debug", message: `cache: block ${index % 65_536} was not there` };
  return { message: `file ${index}: ${(index * 7919) % 100_000} rows` };
}
