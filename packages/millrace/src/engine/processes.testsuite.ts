/** Several engines over one ledger, as several processes would have it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openThrowAwayStore } from "../app/open-throw-away-store.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Store } from "../contract/store.ts";
import { createIds } from "../kit/ids.ts";
import { createRandom } from "../kit/random.ts";
import { changeRuntime, leaveSeat, type LedgerSeat, takeSeat } from "../testing/current-ledger.ts";
import { createLedgerClock, type TestClock, type TestTime } from "../testing/ledger-clock.ts";
import { type LedgerProcess, openLedgerProcess } from "../testing/ledger-process.ts";
import { databaseUnderTest } from "../testing/ledger-under-test.testsuite.ts";
import { RunWatch } from "../testing/run-watch.ts";
import { type AnyFlow, definitionOf } from "../testing/subjects.ts";

export interface TestProcesses extends AsyncDisposable {
  readonly store: Store;
  readonly clock: TestClock;
  readonly watch: RunWatch;
  /** Opens another process, whose calls of the store go through `wrap`. Flows and tasks are called in the newest. */
  open(wrap?: (store: Store) => Store): Promise<LedgerProcess>;
  /** From now on flows and tasks are called in this process. */
  enter(process: LedgerProcess): void;
  /** Resolves when nothing has been asked of the store for a while: all that can go on by itself has. */
  untilQuiet(): Promise<void>;
}

/** Turns of the event loop in a row in which the store is asked for nothing. */
const quietTurns = 50;

export async function openProcesses(options: { readonly time?: TestTime } = {}): Promise<TestProcesses> {
  const home = mkdtempSync(join(tmpdir(), "millrace-processes-"));
  const throwAway = await openThrowAwayStore({ database: databaseUnderTest(), home });
  const watch = new RunWatch();
  const opened: LedgerProcess[] = [];
  const clock = createLedgerClock({
    time: options.time ?? "virtual",
    start: undefined,
    isAsking: () => opened.some(({ storeCalls }) => storeCalls > 0),
    isWorking: () => opened.some(({ engine }) => engine.pools.bodies > 0),
    isWaiting: () => watch.isWaiting,
    executor: () => ({
      isExecuting: opened.some(({ engine }) => engine.isExecuting),
      stall: () => opened.map(({ engine }) => engine.stall()).includes(true),
    }),
  });
  const ids = createIds({ seed: 1, now: () => clock.engine.now() });
  const random = createRandom(1);
  let seat: LedgerSeat | null = null;

  const enter = ({ engine }: LedgerProcess): void => {
    if (seat === null) takeSeat((seat = { runtime: engine }));
    else changeRuntime(seat, engine);
  };

  return {
    store: throwAway.store,
    clock: clock.test,
    watch,
    enter,
    async untilQuiet() {
      for (let turns = 0; turns < quietTurns; turns++) {
        await new Promise<void>((resolve) => void setImmediate(resolve));
        if (opened.some(({ storeCalls }) => storeCalls > 0)) turns = 0;
      }
    },
    async open(wrap = (store) => store) {
      const process = await openLedgerProcess({
        settings: throwAway.settings,
        store: wrap(throwAway.store),
        clock: clock.engine,
        newId: () => ids.uuidv7(),
        random,
        observer: watch.observer,
        onInput: () => (watch.isWaitingForSignal ? clock.passToNextLook() : undefined),
      });
      opened.push(process);
      enter(process);
      return process;
    },
    async [Symbol.asyncDispose]() {
      if (seat !== null) leaveSeat(seat);
      await Promise.allSettled(opened.map((each) => each.close()));
      clock.close();
      await throwAway.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Takes a run of a dead process, and executes it in this one. */
export async function resumeIn(
  { engine }: LedgerProcess,
  { flow, id, mode = "resume" }: { readonly flow: AnyFlow; readonly id: string; readonly mode?: "resume" | "retry" },
): Promise<unknown> {
  const run: FlowRun = await engine.claim(id, mode);
  return engine.continueFlow({
    run,
    definition: definitionOf(flow),
    parameters: engine.decode(run.parameters),
    mode,
  });
}
