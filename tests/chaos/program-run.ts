/**
 * Runs a program on a ledger of its own through a list of faults: started, killed, gone on with by
 * `millrace flow-run resume`, killed again, and in the end left to finish.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, PointCounts } from "./draw-faults.ts";
import { countsVariable, crashVariable } from "./fixtures/crash-point.ts";
import { effectsVariable, generationVariable, readEffects, type RecordedEffect } from "./fixtures/effects.ts";
import { createLedger, type Database, type LedgerUnderTest } from "./ledger-under-test.ts";
import { fixture, type ProcessEnd, startCommand, type StartedProcess, startNode } from "./processes.ts";
import { type FlowRunRow, noRows, rootOf, type Rows, toUuid } from "./rows.ts";

/** One process that the run went through. */
export interface Generation {
  /** Null when it was left to finish. */
  readonly fault: Fault | null;
  readonly end: ProcessEnd;
  /** What the ledger held when the process had ended. */
  readonly rows: Rows;
}

export interface ProgramRun {
  readonly ledger: LedgerUnderTest;
  readonly generations: readonly Generation[];
  readonly effects: readonly RecordedEffect[];
  /** How often a process that ended by itself passed each crash point, at most. */
  readonly counts: PointCounts;
  readonly tookMs: number;
}

export interface ProgramOptions {
  /** A file of the fixtures, and what it is given on its command line. */
  readonly program: readonly [file: string, ...args: readonly string[]];
  readonly database: Database;
  readonly folder: string;
  /** One a process. */
  readonly faults: readonly Fault[];
  /** How long the program takes undisturbed, for faults in time. In ms. */
  readonly undisturbedMs?: number;
  /** What every process of it has in its environment. Default: nothing of its own. */
  readonly env?: (root: FlowRunRow | undefined) => Readonly<Record<string, string>>;
  /** The command that goes on with the run. Null when it is over as it is. Default: `resume` unless it ended by itself. */
  readonly goOn?: (root: FlowRunRow) => "resume" | "retry" | null;
  /** Runs beside each process: answers what the run asks. Ends when it is told to. */
  readonly attend?: (ledger: LedgerUnderTest, signal: AbortSignal) => Promise<void>;
}

const preloads = ["install-crash-points.ts"];
/** A run that goes round in circles is given up. */
const maxProcesses = 20;

export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
  const { database, folder, faults, undisturbedMs = 0, goOn } = options;
  const ledger = await createLedger(database, folder);
  const effectsFile = join(folder, "effects.jsonl");
  const countsFile = (generation: number): string => join(folder, `crash-points-${generation}.json`);
  const generations: Generation[] = [];
  const startedAt = performance.now();
  for (let rows = noRows, isOver = false; !isOver && generations.length < maxProcesses; ) {
    const fault = faults[generations.length] ?? null;
    const root = rootOf(rows);
    const env = {
      ...ledger.env,
      ...options.env?.(root),
      [effectsVariable]: effectsFile,
      [generationVariable]: String(generations.length),
      ...(fault === null ? { [countsVariable]: countsFile(generations.length) } : {}),
      ...(fault?.kind === "point" ? { [crashVariable]: `${fault.name}#${fault.count}` } : {}),
    };
    const [file, ...args] = options.program;
    const process =
      root === undefined
        ? startNode([fixture(file), ...args], { env, preloads })
        : startCommand(["flow-run", goOn?.(root) ?? "resume", toUuid(root.id)], { env, preloads });
    const end = await attended(endUnder(process, fault, undisturbedMs), ledger, options.attend);
    await ledger.settle();
    rows = await ledger.readRows();
    generations.push({ fault, end, rows });
    isOver = end.isHung || !goesOn(end, rootOf(rows), goOn);
  }
  return {
    ledger,
    generations,
    effects: existsSync(effectsFile) ? readEffects(effectsFile) : [],
    counts: readCounts(generations.map((_, generation) => countsFile(generation))),
    tookMs: performance.now() - startedAt,
  };
}

/** The most of any process that ended by itself. */
function readCounts(files: readonly string[]): PointCounts {
  const most: Record<string, number> = {};
  for (const file of files.filter((each) => existsSync(each))) {
    for (const [point, count] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as PointCounts)) {
      most[point] = Math.max(most[point] ?? 0, count);
    }
  }
  return most;
}

/** A run that was killed goes on, unless its end had been recorded. */
function goesOn(end: ProcessEnd, root: FlowRunRow | undefined, goOn: ProgramOptions["goOn"]): boolean {
  if (root?.stateType === "COMPLETED") return false;
  return end.signal === "SIGKILL" || (root !== undefined && goOn !== undefined && goOn(root) !== null);
}

async function attended(
  ending: Promise<ProcessEnd>,
  ledger: LedgerUnderTest,
  attend: ProgramOptions["attend"],
): Promise<ProcessEnd> {
  if (attend === undefined) return ending;
  const controller = new AbortController();
  const attending = attend(ledger, controller.signal);
  const end = await ending;
  controller.abort();
  await attending;
  return end;
}

async function endUnder(process: StartedProcess, fault: Fault | null, undisturbedMs: number): Promise<ProcessEnd> {
  if (fault?.kind !== "time") return process.ended;
  const timer = setTimeout(() => process.kill("SIGKILL"), fault.part * undisturbedMs);
  try {
    return await process.ended;
  } finally {
    clearTimeout(timer);
  }
}
