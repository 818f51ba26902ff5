/** What serving flows and a worker have in common: a ledger, processes that execute runs, and what keeps them going. */

import { join } from "node:path";
import type { Api } from "../contract/api.ts";
import { roomFreedEvent } from "../contract/work.ts";
import { inheritedOptions } from "../engine/pools/node-options.ts";
import type { JsonObject } from "../contract/objects.ts";
import { systemClock } from "../kit/clock.ts";
import { createMasker } from "../kit/mask.ts";
import { isPidTaken } from "../kit/process-identity.ts";
import { systemRandom } from "../kit/random.ts";
import { killStarted } from "../kit/started-processes.ts";
import { createCodeCache } from "../worker/code/code-cache.ts";
import { createCodeFetcher } from "../worker/code/fetch-code.ts";
import { fillTemplates } from "../worker/code/fill-templates.ts";
import { type DispatchReport, describeTrouble } from "../worker/dispatch-report.ts";
import { type Dispatcher, type DispatcherOptions, startDispatcher } from "../worker/dispatcher.ts";
import type { Infrastructure } from "../worker/infrastructure.ts";
import { createProcessKind, type FilledVariables } from "../worker/process/process-kind.ts";
import { markOf, removeLeftFolders } from "../worker/process/run-folder.ts";
import type { ErrorLine } from "../worker/process/run-process.ts";
import { readDiskSpace } from "./disk-space.ts";
import { openLedger, serverPlace } from "./open-ledger.ts";
import { openVault } from "./open-vault.ts";
import { createServerClient, type ServerPlace, toAddress } from "./server-client.ts";
import { startServerLoops } from "./server-loops.ts";
import { openStorage } from "./result-storage.ts";
import { createResultsRetention } from "./results-retention.ts";
import { secretsOfSettings } from "./secrets-of-settings.ts";
import { createS3CredentialsReader } from "./s3-credentials.ts";
import { createProcessKeys } from "./process-keys.ts";
import { childEnvironment, createEnvironmentReader, keylessEnvironment, namesKey, type Settings } from "./settings.ts";
import { createStatisticsLoop } from "./statistics-loop.ts";
import { createTemplateSources } from "./template-sources.ts";
import { watchLedger } from "./watch-ledger.ts";

/** How often due runs are looked for, in ms: a ledger of this machine is read in microseconds, and a server tells of them. */
const everyMs = { sqlite: 20, postgres: 50, server: 3000 } as const;
/** A run is claimed, and handed to its process, so long before it is due, in ms: what that takes at the most. */
const headStartMs = { sqlite: 20, postgres: 60, server: 100 } as const;
/** The same where the system tells of each write to the ledger's file, in ms. */
const toldEveryMs = 500;
/** How long a server that has no run for a worker is let wait for one before it answers, in ms. */
const waitMs = 15_000;

/** Events after which a run may be due, or there may be room for one that is. */
const wakingEvents = [
  ...["Scheduled", "Resuming", "AwaitingRetry", "AwaitingConcurrencySlot"].map((name) => `millrace.flow-run.${name}`),
  roomFreedEvent,
];

export interface WorkplaceOptions {
  readonly settings: Settings;
  /** Runs at the same time. */
  readonly limit: number;
  /** Processes that wait for a run, of all deployments together. */
  readonly ready: number;
  readonly onReport: (report: DispatchReport) => void;
  /** Told of each line that the process of a run writes to its standard error. Default: it goes to this one's own. */
  readonly onErrorLine?: ((line: ErrorLine) => void) | undefined;
}

export interface Workplace {
  readonly api: Api;
  readonly infrastructure: Infrastructure;
  /** The server that has the ledger; null when this process has opened it itself, and then looks after it too. */
  readonly serverUrl: string | null;
  /** As of the Api; a question that waits ends with the workplace. */
  readonly findDueRuns: Api["findDueRuns"];
  /** Begins to start runs. @param runs `waits`: whether the answers of `findDue` wait for a run, where a server gives them */
  dispatch(runs: Pick<DispatcherOptions, "where" | "findDue"> & { readonly waits: boolean }): Dispatcher;
  /** Gives up the ledger; the dispatcher has been stopped before. */
  close(): Promise<void>;
}

/** @throws what opening the ledger throws, SERVER_UNREACHABLE */
export async function openWorkplace(options: WorkplaceOptions): Promise<Workplace> {
  const { settings, limit, ready, onReport, onErrorLine } = options;
  const clock = systemClock;
  const { api, store, takesRunKeys } = await openLedger(settings, { clock });
  const keys = takesRunKeys ? createProcessKeys(settings, clock) : null;
  const { home, database, graceMs, startWithinMs } = settings;
  const server = store === null ? serverPlace(settings) : null;
  const url = server?.apiUrl ?? null;
  const vault = openVault(settings);
  const masker = createMasker(secretsOfSettings(settings));
  const environment = createEnvironmentReader();
  const sources = createTemplateSources({ api, vault, masker, environment });
  const fill = async (variables: JsonObject): Promise<FilledVariables> => {
    const secrets = new Set<string>();
    const add = (text: string): void => {
      masker.add(text);
      secrets.add(text);
    };
    const noting = createTemplateSources({ api, vault, masker: { add }, environment });
    const filled = (await fillTemplates(variables, { sources: noting })) as JsonObject;
    return { variables: filled, secrets: [...secrets] };
  };
  const readCredentials = createS3CredentialsReader({ api, vault: async () => vault, masker });
  removeLeftFolders({
    isAlive: isPidTaken,
    end: (path) => void killStarted({ pid: null, mark: markOf(path) }),
  });
  const infrastructure = createProcessKind({
    api,
    entry: new URL("./run-process.ts", import.meta.url),
    ledger: { home, database, apiUrl: url },
    env: keys === null ? childEnvironment(settings) : keylessEnvironment(),
    keys,
    namesKey,
    execArgv: inheritedOptions(process.execArgv),
    maxReady: ready,
    graceMs,
    clock,
    onErrorLine,
    code: createCodeFetcher({
      cache: createCodeCache({ folder: join(home, "code"), retentionMs: settings.codeRetentionMs, clock }),
      // Programs that bring code need no key that they would not have by themselves.
      env: childEnvironment({ apiKey: null }),
      defaultFolder: process.cwd(),
      sources,
      openStorage: (address) => openStorage(address, settings, readCredentials),
      mask: (text) => masker.mask(text),
    }),
    fill,
  });
  // Nobody else may be there to make scheduled runs; where somebody is, each is made once all the same.
  const loops =
    store === null
      ? null
      : startServerLoops({
          api,
          clock,
          random: systemRandom,
          vault,
          retention: settings,
          readSpace: () => readDiskSpace(settings),
          store,
          more: [
            ...createResultsRetention(settings, { store, clock, readCredentials }),
            ...createStatisticsLoop(settings, store),
          ],
          cancelWithinMs: settings.cancelWithinMs,
          lateAfterMs: settings.lateAfterMs,
          scheduleHorizonMs: settings.scheduleHorizonMs,
          onFailure: ({ where, error }) =>
            onReport({ kind: "trouble", run: null, what: `${where}: ${describeTrouble(error)}` }),
        });
  const closing = new AbortController();
  const asking = server === null ? api : await createAsking(server, closing.signal);
  return {
    api,
    infrastructure,
    serverUrl: url,
    findDueRuns: (request) => asking.findDueRuns(request),
    dispatch({ waits, ...runs }) {
      const kind = url !== null ? "server" : database === null ? "sqlite" : "postgres";
      const watching = kind === "sqlite" ? watchLedger(home, () => dispatcher.wake()) : null;
      closing.signal.addEventListener("abort", () => watching?.close());
      const dispatcher = startDispatcher({
        api,
        clock,
        infrastructure,
        limit,
        everyMs: watching?.isTold === true ? toldEveryMs : everyMs[kind],
        headStartMs: headStartMs[kind],
        drainMs: graceMs,
        startWithinMs,
        ...runs,
        ...(server !== null && waits ? { waitMs } : {}),
        onReport,
      });
      if (server !== null && !waits) void wakeByEvents(server, { dispatcher, signal: closing.signal });
      return dispatcher;
    },
    async close() {
      closing.abort();
      await loops?.stop();
      await api.close();
    },
  };
}

/** Its questions are not asked again by themselves, and are given up when the signal is aborted. */
async function createAsking(server: ServerPlace, closing: AbortSignal): Promise<Pick<Api, "findDueRuns">> {
  const asked: typeof fetch = (input, { signal, ...init } = {}) =>
    fetch(input, { ...init, signal: AbortSignal.any([closing, ...(signal == null ? [] : [signal])]) });
  return createServerClient(server, { clock: systemClock, retryForMs: 0, fetch: asked });
}

async function wakeByEvents(
  server: ServerPlace,
  { dispatcher, signal }: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<void> {
  const { followEvents } = await import("../client/follow-events.ts");
  const wake = (): void => dispatcher.wake();
  await followEvents({ ...toAddress(server), names: wakingEvents, signal, onEvent: wake, onOpen: wake });
}
