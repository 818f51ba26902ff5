/** A run of Millrace, and bare node:sqlite inserting the rows that the run has left. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureMillrace, type MillraceProgram } from "./millrace.ts";
import { measureProgram } from "./program.ts";
import { makeScratch } from "./scratch.ts";

export interface RunAndFloor {
  /** Tasks a second. */
  readonly millrace: number;
  readonly floor: number;
  /** The peak of the memory that the process of Millrace had, where its program tells. */
  readonly peakMb: number;
}

export interface RunAndFloorOptions extends Omit<MillraceProgram, "home"> {
  readonly tasks: number;
  readonly rowsPerCommit: number;
  /** What a commit survives, on both sides. Default: the death of the process. */
  readonly durability?: "process" | "power";
}

export async function runWithFloor(options: RunAndFloorOptions): Promise<RunAndFloor> {
  const { tasks, rowsPerCommit, durability = "process", ...program } = options;
  using scratch = makeScratch();
  const run = await measureMillrace<{ ms: number; runId: string; peakMb?: number }>({
    ...program,
    home: scratch.path,
    env: { ...program.env, MILLRACE_DURABILITY: durability },
  });
  const inserts = fileURLToPath(new URL("../programs/insert-rows.ts", import.meta.url));
  const [ledger, target] = [join(scratch.path, "ledger.db"), join(scratch.path, "floor.db")];
  const floor = await measureProgram<{ ms: number; tasks: number }>({
    args: [inserts, ledger, target, run.runId, String(rowsPerCommit), durability === "power" ? "full" : "normal"],
  });
  if (floor.tasks !== tasks) throw new Error(`the ledger has ${floor.tasks} tasks of the run, not ${tasks}`);
  return {
    millrace: (tasks / run.ms) * 1000,
    floor: (tasks / floor.ms) * 1000,
    peakMb: run.peakMb ?? 0,
  };
}
