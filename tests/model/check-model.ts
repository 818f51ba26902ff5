/** One model under one set of faults: SPIN makes a program of it, which goes through all of its states. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Spin } from "../../tools/spin.ts";

const run = promisify(execFile);

/** Steps of one way through a model, at most; the deepest has some hundreds. */
const maxDepth = 100_000;
const maxMemoryMb = 4000;

export interface ModelQuestion {
  readonly model: "run" | "slots";
  /** Names of `#define`s: faults with their numbers (`DEATHS=1`), rules taken away. */
  readonly defines: readonly string[];
  /** Asks whether the run ends in each way that is fair to everybody, endless ones too. Else the assertions. */
  readonly isEndless?: boolean;
  /** Something is wrong, and is found after few states: what the compiler would take longer for is left out. */
  readonly isWrong?: boolean;
}

export interface ModelAnswer {
  readonly states: number;
  /** All of them were seen: no limit was met. */
  readonly isComplete: boolean;
  /** What is wrong in SPIN's words, null for nothing. */
  readonly violation: string | null;
}

export async function checkModel(spin: Spin, asked: ModelQuestion): Promise<ModelAnswer> {
  const { model, defines, isEndless = false, isWrong = false } = asked;
  const folder = await mkdtemp(join(tmpdir(), "millrace-model-"));
  try {
    const flags = [...defines, ...(isEndless ? ["FAIR"] : [])].map((name) => `-D${name}`);
    await run(spin.spin, [...flags, "-a", join(import.meta.dirname, `${model}.pml`)], { cwd: folder });
    const kind = isEndless ? ["-DNFAIR=8"] : ["-DSAFETY"];
    const compiled = ["-w", isWrong ? "-O0" : "-O1", ...kind, `-DMEMLIM=${maxMemoryMb}`, "-o", "pan", "pan.c"];
    await run(spin.compiler, compiled, { cwd: folder });
    const question = [...(isEndless ? ["-a", "-f"] : []), `-m${maxDepth}`, "-n"];
    const { stdout } = await run(join(folder, "pan"), question, { cwd: folder });
    return readReport(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readReport(report: string): ModelAnswer {
  const errors = Number(/errors: (\d+)/.exec(report)?.[1]);
  const states = Number(/(\d[\d.e+]*) states, stored/.exec(report)?.[1]);
  if (Number.isNaN(errors) || Number.isNaN(states)) throw new Error(`SPIN's report cannot be read:\n${report}`);
  const violation = /^pan:1: (.*?) \(at depth \d+\)$/m.exec(report)?.[1] ?? (errors > 0 ? report : null);
  const isComplete = !/max search depth too small|Search not completed|out of memory/i.test(report);
  return { states, isComplete, violation };
}
