/**
 * The end of a process while runs are under way in it, other than by a signal. A killed process says nothing; these do:
 *
 * - nothing is left to do, and the runs can never end (`beforeExit`): they end as stalled;
 * - an error that nobody caught, or `process.exit()`: the runs end as Crashed, with the error. The event loop turns no more
 *   then, so a process of its own records it, which is waited for.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MillraceError } from "../contract/errors.ts";
import type { RecordBatch } from "../contract/record.ts";
import type { Engine } from "../engine/engine.ts";
import { inheritedOptions } from "../engine/pools/node-options.ts";
import { serverUrl } from "./open-ledger.ts";
import { childEnvironment, type Settings } from "./settings.ts";

/** How long the end of the process waits at most for a ledger that does not answer, in ms. */
const lastWordsMs = 5000;

/** What the process that records the last words is given. */
export interface LastWords {
  readonly ledger: { readonly home: string; readonly database: string | null; readonly apiUrl: string | null };
  readonly processId: string;
  readonly batches: readonly RecordBatch[];
}

export function tellOfUntimelyEnd(engine: Engine, settings: Settings): void {
  process.on("beforeExit", () => endStalled(engine));
  let uncaught: { readonly error: unknown } | null = null;
  process.on("uncaughtExceptionMonitor", (error) => {
    uncaught = { error };
    // Somebody else has caught it when the event loop goes on.
    setImmediate(() => (uncaught = null));
  });
  process.on("exit", (code) => {
    const batches = engine.lastWords(({ kind, id }) =>
      uncaught === null ? new MillraceError("PROCESS_EXITED", { kind, id, code }) : uncaught.error,
    );
    if (batches.length > 0) record(batches, { engine, settings });
  });
}

/**
 * Nothing is left to do in this process: the runs in it can never end. What began a moment ago is written first: it is what
 * the run waits for. The event loop then comes here again.
 */
export function endStalled(engine: Engine): void {
  if (engine.journal.hasStarts) {
    engine.journal.flush().catch(() => undefined);
  } else if (!engine.failCycles() && engine.endStalled()) {
    process.exitCode ??= 1;
  }
}

function record(
  batches: readonly RecordBatch[],
  { engine, settings }: { readonly engine: Engine; readonly settings: Settings },
): void {
  const { home, database } = settings;
  const words: LastWords = {
    ledger: { home, database, apiUrl: serverUrl(settings) },
    processId: engine.lease.id,
    batches,
  };
  // What goes wrong is seen as the death of this process is seen anyway.
  spawnSync(
    process.execPath,
    [...inheritedOptions(process.execArgv), fileURLToPath(new URL("./record-last-words.ts", import.meta.url))],
    {
      input: JSON.stringify(words),
      env: childEnvironment(settings),
      stdio: ["pipe", "ignore", "ignore"],
      timeout: lastWordsMs,
      killSignal: "SIGKILL",
    },
  );
}
