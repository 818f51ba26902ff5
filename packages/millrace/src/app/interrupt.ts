/**
 * Ctrl-C and SIGTERM: the runs under way are told to stop, and end as Crashed, to be resumed; so do calls of tasks outside any
 * run, which nobody resumes. A second signal, or one while nothing runs, does what it does by default.
 */

import { constants } from "node:os";
import { MillraceError } from "../contract/errors.ts";
import type { Engine } from "../engine/engine.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

export function stopOnInterrupt(engine: Engine): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const { activeRuns: runs, looseTasks } = engine;
    for (const name of signals) process.removeListener(name, onSignal);
    // Who listens too decides about the end of the process.
    const isAlone = process.listenerCount(signal) === 0;
    if (runs.length + looseTasks.size === 0) {
      if (isAlone) process.kill(process.pid, signal);
      return;
    }
    for (const each of runs) each.stop(toInterrupted("Flow run", each.id, signal));
    for (const each of looseTasks) each.stop(toInterrupted("Task run", each.id, signal));
    void exitWhenStopped(engine, isAlone ? 128 + constants.signals[signal] : null);
  };
  for (const name of signals) process.on(name, onSignal);
}

function toInterrupted(kind: "Flow run" | "Task run", id: string, signal: NodeJS.Signals): MillraceError {
  return new MillraceError("INTERRUPTED", { kind, id, signal });
}

/** Waits for the recorded ends, and lets the program's own code have its say. */
async function exitWhenStopped(engine: Engine, exitCode: number | null): Promise<void> {
  if (exitCode !== null) process.exitCode = exitCode;
  while (engine.isExecuting) await new Promise((resolve) => setTimeout(resolve, 10));
  await engine.journal.flush().catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  if (exitCode !== null) process.exit(exitCode);
}
