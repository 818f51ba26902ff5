/** What serving flows and a worker have in common: a ledger, processes that execute runs, and what keeps them going. */

import { join } from "node:path";
import type { Api } from "../contract/api.ts";
import { inheritedOptions } from "../engine/pools/node-options.ts";
import { systemClock } from "../kit/clock.ts";
import { systemRandom } from "../kit/random.ts";
import { createCodeFetcher } from "../worker/code/fetch-code.ts";
import { type DispatchReport, describeTrouble } from "../worker/dispatch-report.ts";
import { type Dispatcher, type DispatcherOptions, startDispatcher } from "../worker/dispatcher.ts";
import type { Infrastructure } from "../worker/infrastructure.ts";
import { createProcessKind } from "../worker/process/process-kind.ts";
import { openLedger, serverUrl } from "./open-ledger.ts";
import { startServerLoops } from "./server-loops.ts";
import { childEnvironment, type Settings } from "./settings.ts";
import { createVault } from "./vault.ts";
/** How often due runs are looked for, in ms: a ledger of this machine is read in microseconds, and a server tells of them. */
const everyMs = { sqlite: 20, postgres: 50, server: 3000 } as const;

/** Events after which a run may be due. */
const wakingEvents = ["Scheduled", "Resuming", "AwaitingRetry", "AwaitingConcurrencySlot"].map(
  (name) => `millrace.flow-run.${name}`,
);

export interface WorkplaceOptions {
  readonly settings: Settings;
  /** Runs at the same time. */
  readonly limit: number;
  /** Processes that wait for a run, of all deployments together. */
  readonly ready: number;
  readonly onReport: (report: DispatchReport) => void;
}

export interface Workplace {
  readonly api: Api;
  readonly infrastructure: Infrastructure;
  /** The server that has the ledger; null when this process has opened it itself, and then looks after it too. */
  readonly serverUrl: string | null;
  /** Begins to start runs. */
  dispatch(runs: Pick<DispatcherOptions, "where" | "findDue">): Dispatcher;
  /** Gives up the ledger; the dispatcher has been stopped before. */
  close(): Promise<void>;
}

/** @throws what opening the ledger throws, SERVER_UNREACHABLE */
export async function openWorkplace({ settings, limit, ready, onReport }: WorkplaceOptions): Promise<Workplace> {
  const clock = systemClock;
  const { api, store } = await openLedger(settings, { clock });
  const { home, database, graceMs } = settings;
  const url = store === null ? serverUrl(settings) : null;
  const env = childEnvironment();
  const infrastructure = createProcessKind({
    entry: new URL("./run-process.ts", import.meta.url),
    ledger: { home, database, apiUrl: url },
    env,
    execArgv: inheritedOptions(process.execArgv),
    maxReady: ready,
    graceMs,
    clock,
    code: createCodeFetcher({ cacheFolder: join(home, "code"), env, defaultFolder: process.cwd() }),
  });
  // Nobody else may be there to make scheduled runs; where somebody is, each is made once all the same.
  const loops =
    store === null
      ? null
      : startServerLoops({
          api,
          clock,
          random: systemRandom,
          vault: createVault({ home, key: settings.secretsKey }),
          onFailure: ({ where, error }) =>
            onReport({ kind: "trouble", run: null, what: `${where}: ${describeTrouble(error)}` }),
        });
  const closing = new AbortController();
  return {
    api,
    infrastructure,
    serverUrl: url,
    dispatch(runs) {
      const kind = url !== null ? "server" : database === null ? "sqlite" : "postgres";
      const dispatcher = startDispatcher({
        api,
        clock,
        infrastructure,
        limit,
        everyMs: everyMs[kind],
        drainMs: graceMs,
        ...runs,
        onReport,
      });
      if (url !== null) void wakeByEvents(url, { dispatcher, signal: closing.signal });
      return dispatcher;
    },
    async close() {
      closing.abort();
      await loops?.stop();
      await api.close();
    },
  };
}

async function wakeByEvents(
  url: string,
  { dispatcher, signal }: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<void> {
  const { followEvents } = await import("../client/follow-events.ts");
  const wake = (): void => dispatcher.wake();
  await followEvents({ url, names: wakingEvents, signal, onEvent: wake, onOpen: wake });
}
