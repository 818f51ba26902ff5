/**
 * Ctrl-C and SIGTERM: the runs under way are told to stop, and end as Crashed, to be resumed. A second signal, or one while
 * nothing runs, does what it does by default.
 */

import { constants } from "node:os";
import { MillraceError } from "../contract/errors.ts";
import type { Engine } from "../engine/engine.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

export function stopOnInterrupt(engine: Engine): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const runs = engine.activeRuns;
    for (const name of signals) process.removeListener(name, onSignal);
    // Who listens too decides about the end of the process.
    const isAlone = process.listenerCount(signal) === 0;
    if (runs.length === 0) {
      if (isAlone) process.kill(process.pid, signal);
      return;
    }
    for (const run of runs) run.stop(new MillraceError("INTERRUPTED", { id: run.id, signal }));
    void exitWhenStopped(engine, isAlone ? 128 + constants.signals[signal] : null);
  };
  for (const name of signals) process.on(name, onSignal);
}

/** Waits for the recorded ends, and lets the program's own code have its say. */
async function exitWhenStopped(engine: Engine, exitCode: number | null): Promise<void> {
  if (exitCode !== null) process.exitCode = exitCode;
  while (engine.activeRuns.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await engine.journal.flush().catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  if (exitCode !== null) process.exit(exitCode);
}
