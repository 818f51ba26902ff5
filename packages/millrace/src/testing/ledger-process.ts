/** A process of a throw-away ledger: an engine that can die as `kill -9` ends a process, while the ledger lives on. */

import type { OpenedEngine } from "../app/open-engine.ts";
import type { Settings } from "../app/settings.ts";
import { MillraceError } from "../contract/errors.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";

export interface LedgerProcess extends Pick<OpenedEngine, "api" | "engine"> {
  /** Calls of the store that have not been answered. */
  readonly storeCalls: number;
  /** It records nothing any more, and its runs stop, as if they had never been told anything. */
  die(): void;
  /** Its runs stop and record nothing more; pools and lease are given up. */
  close(): Promise<void>;
}

export interface LedgerProcessOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly random: () => number;
  readonly observer: RunObserver;
  /** Told when a value is sent to a run. */
  readonly onInput: () => void;
  /** Told when something was recorded that may have made a run due. */
  readonly onChange?: () => void;
}

/** How many turns of the event loop runs are given to stop. */
const maxTurns = 1000;

export async function openLedgerProcess(options: LedgerProcessOptions): Promise<LedgerProcess> {
  const { openEngine } = await import("../app/open-engine.ts");
  const { settings, store, onInput, onChange, ...ports } = options;
  const line = createLine(store, (name) => {
    if (name === "writeRunInput") onInput();
    else if (changes.has(name)) onChange?.();
  });
  const environment = { platform: "test", node: process.version };
  const { engine, api } = await openEngine(settings, { ...ports, store: line.store, hasHeartbeat: false, environment });

  const stopRuns = (reason: string): void => {
    for (const run of engine.activeRuns) run.lose(reason);
  };

  let afterDeath: Promise<void> | null = null;
  return {
    engine,
    api,
    get storeCalls() {
      return line.calls;
    },
    die() {
      line.cut();
      stopRuns("its process died in this test");
      // Its threads and processes end with it; that it cannot say farewell to the ledger is the point.
      afterDeath ??= engine.close().catch(() => undefined);
    },
    async close() {
      if (afterDeath !== null) return afterDeath;
      stopRuns("its test ledger was closed");
      for (let turn = 0; engine.activeRuns.length > 0 && turn < maxTurns; turn++) {
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
      await engine.close();
    },
  };
}

/** The calls of a store after which other runs may be due. */
const changes: ReadonlySet<string | symbol> = new Set(["record", "insertObject", "replaceObject", "deleteObject"]);

type StoreMethod = (...args: unknown[]) => Promise<unknown>;

interface StoreLine {
  readonly store: Store;
  readonly calls: number;
  cut(): void;
}

/** A store behind a line that can be cut. `onAnswer` is told of each call that was answered. */
function createLine(store: Store, onAnswer: (name: string | symbol) => void): StoreLine {
  let isCut = false;
  let calls = 0;
  const send = async (name: string | symbol, method: StoreMethod, args: unknown[]): Promise<unknown> => {
    if (isCut) throw new MillraceError("LEASE_LOST", { id: "of a dead process", reason: "it died in this test" });
    calls++;
    try {
      return await method.apply(store, args);
    } finally {
      calls--;
      onAnswer(name);
    }
  };
  const behindLine = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (...args: unknown[]) => send(name, member as StoreMethod, args) : member;
    },
  });
  return {
    store: behindLine,
    get calls() {
      return calls;
    },
    cut() {
      isCut = true;
    },
  };
}
