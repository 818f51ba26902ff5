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
import { noRows, type Rows, toUuid } from "./rows.ts";

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
  /** How often the process that ended by itself passed each crash point. */
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
  /** How a run that was begun is gone on with. Default "resume". */
  readonly mode?: "resume" | "retry";
  readonly env?: Readonly<Record<string, string>>;
}

const preloads = ["install-crash-points.ts"];

export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
  const { database, folder, faults, undisturbedMs = 0, mode = "resume" } = options;
  const ledger = await createLedger(database, folder);
  const files = { effects: join(folder, "effects.jsonl"), counts: join(folder, "crash-points.json") };
  const generations: Generation[] = [];
  const startedAt = performance.now();
  for (let rows = noRows, isOver = false; !isOver; ) {
    const fault = faults[generations.length] ?? null;
    const env = {
      ...ledger.env,
      ...options.env,
      [effectsVariable]: files.effects,
      [generationVariable]: String(generations.length),
      ...(fault === null ? { [countsVariable]: files.counts } : {}),
      ...(fault?.kind === "point" ? { [crashVariable]: `${fault.name}#${fault.count}` } : {}),
    };
    const root = rows.flowRuns.find((run) => run.parentRunId === null);
    const [file, ...args] = options.program;
    const process =
      root === undefined
        ? startNode([fixture(file), ...args], { env, preloads })
        : startCommand(["flow-run", mode, toUuid(root.id)], { env, preloads });
    const end = await endUnder(process, fault, undisturbedMs);
    rows = await ledger.readRows();
    generations.push({ fault, end, rows });
    isOver = end.signal !== "SIGKILL" || end.isHung || fault === null || isFinished(rows);
  }
  return {
    ledger,
    generations,
    effects: existsSync(files.effects) ? readEffects(files.effects) : [],
    counts: existsSync(files.counts) ? (JSON.parse(readFileSync(files.counts, "utf8")) as PointCounts) : {},
    tookMs: performance.now() - startedAt,
  };
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

/** It was killed after its end had been recorded: there is nothing left to go on with. */
function isFinished({ flowRuns }: Rows): boolean {
  return flowRuns.some((run) => run.parentRunId === null && run.stateType === "COMPLETED");
}
