import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ThrowAwayStore } from "../app/open-throw-away-store.ts";
import type { Api } from "../contract/api.ts";
import { createIds } from "../kit/ids.ts";
import { createRandom } from "../kit/random.ts";
import { createSender } from "./address-runs.ts";
import { createRunner } from "./continue-runs.ts";
import { changeRuntime, leaveSeat, takeSeat } from "./current-ledger.ts";
import { readRun } from "./ended-run.ts";
import { createLedgerClock } from "./ledger-clock.ts";
import { type LedgerProcess, openLedgerProcess } from "./ledger-process.ts";
import { createReading } from "./ledger-reading.ts";
import { createLedgerServing } from "./ledger-serving.ts";
import { createRecording } from "./recording.ts";
import { watchRequests } from "./request-watch.ts";
import { RunWatch } from "./run-watch.ts";
import { idOf } from "./subjects.ts";
import type { TestLedger, TestLedgerOptions } from "./test-ledger.ts";

/**
 * Opens a throw-away ledger: while it is open, the flows and tasks that this process calls are recorded in it, and not where
 * they would be. Of several the newest counts.
 *
 * @example
 * await using ledger = await createTestLedger();
 * const { run, value } = await ledger.run(pipeline, { date: "2026-11-22" });
 * @throws DATABASE_UNREACHABLE, PACKAGE_MISSING
 */
export async function createTestLedger(options: TestLedgerOptions = {}): Promise<TestLedger> {
  const { clock: time = "virtual", seed = 1, start, database = "memory" } = options;
  const throwAway = await openHome(database);
  const { home, store, settings } = throwAway;

  const watch = new RunWatch();
  const requests = watchRequests();
  const clock = createLedgerClock({
    time,
    start: start === undefined ? undefined : Number(start),
    isAsking: () => process.storeCalls > 0,
    isWorking: () => process.engine.pools.bodies > 0 || requests.isWaiting,
    isWaiting: () => watch.isWaiting,
    executor: () => process.engine,
  });
  const ids = createIds({ seed, now: () => clock.engine.now() });
  const random = createRandom(seed);
  const openProcess = (): Promise<LedgerProcess> =>
    openLedgerProcess({
      settings,
      store,
      clock: clock.engine,
      newId: () => ids.uuidv7(),
      random,
      observer: watch.observer,
      onInput: () => (watch.isWaitingForSignal ? clock.passToNextLook() : undefined),
      onChange: () => serving.wake(),
    });
  const serving = createLedgerServing(() => current(), clock);
  let process = await openProcess();
  const seat = { runtime: process.engine, loadServing: serving.load };
  takeSeat(seat);

  async function replace(dead: LedgerProcess): Promise<void> {
    clock.tick();
    process = await openProcess();
    changeRuntime(seat, process.engine);
    // What any process of the ledger does once it sees that another is gone.
    await process.api.endProcess(dead.engine.lease.id);
    serving.wake();
  }

  const dead: LedgerProcess[] = [];
  let replacing: Promise<void> | null = null;
  async function crash(): Promise<void> {
    await replacing;
    const dying = process;
    // So that a test finds the same each time: what a dying process has just said may be recorded, or may not.
    await dying.engine.journal.flush().catch(() => undefined);
    dying.die();
    dead.push(dying);
    watch.forget();
    replacing = replace(dying);
    await replacing;
  }

  async function current(): Promise<LedgerProcess> {
    await replacing;
    return process;
  }

  let isOpen = true;
  async function close(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    leaveSeat(seat);
    serving.stop();
    try {
      await (await current()).close();
      await Promise.all(dead.map((each) => each.close()));
    } finally {
      requests.close();
      clock.close();
      await throwAway.close();
    }
  }

  const api = async (): Promise<Api> => (await current()).api;
  /** What was said so far is written first: a reader expects the line that was logged just now. */
  const apiToRead = async (): Promise<Api> => {
    const { engine } = await current();
    await engine.journal.flush();
    return api();
  };

  return {
    get api() {
      return process.api;
    },
    clock: clock.test,
    home,
    ...createReading(apiToRead),
    read: async (run) => readRun(await apiToRead(), idOf(run)),
    ...createRunner(current),
    ...createSender(current),
    serve: serving.serve,
    untilState: (run, state) => watch.untilState(idOf(run), state),
    export: async (run) =>
      createRecording({ api: await apiToRead(), storages: process.engine.ports.storages }, idOf(run)),
    crash,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A folder for the ledger, and the ledger. Closing it takes the folder away. */
async function openHome(database: string): Promise<ThrowAwayStore & { readonly home: string }> {
  const { openThrowAwayStore } = await import("../app/open-throw-away-store.ts");
  const home = mkdtempSync(join(tmpdir(), "millrace-test-"));
  const removeHome = (): void => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  try {
    const throwAway = await openThrowAwayStore({ database, home });
    return {
      ...throwAway,
      home,
      async close() {
        await throwAway.close().finally(removeHome);
      },
    };
  } catch (error) {
    removeHome();
    throw error;
  }
}
