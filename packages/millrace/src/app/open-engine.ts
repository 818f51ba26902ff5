/** Puts an engine together: where runs are recorded, and all else that the engine is given. */

import type { Api } from "../contract/api.ts";
import type { RunEnvironment } from "../contract/flow-run.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { ResultSerializer } from "../contract/results.ts";
import type { Store } from "../contract/store.ts";
import { Engine } from "../engine/engine.ts";
import type { EnginePorts } from "../engine/ports.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { late } from "../kit/late.ts";
import { createMasker } from "../kit/mask.ts";
import { readProcessIdentity } from "../kit/process-identity.ts";
import { type Random, systemRandom } from "../kit/random.ts";
import { createJsonSerializer } from "../results/json-serializer.ts";
import { createEnvironmentDescriber } from "./describe-environment.ts";
import { type OpenedLedger, openLedger } from "./open-ledger.ts";
import { createResultStorages } from "./result-storage.ts";
import { createEnvironmentReader, type Settings } from "./settings.ts";

export interface EngineOptions {
  readonly observer?: RunObserver | null;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the system's chance. */
  readonly random?: Random;
  readonly newId?: () => string;
  /** In place of the ledger of the settings. */
  readonly store?: Store;
  /** False where leases need no thread: time is the test's own. Default true. */
  readonly hasHeartbeat?: boolean;
  /** Stands between the engine and its orchestrator. */
  readonly wrapApi?: (api: Api) => Api;
  /** Where its runs run, in place of what is found out of this machine. */
  readonly environment?: RunEnvironment;
}

export interface OpenedEngine {
  readonly engine: Engine;
  readonly api: Api;
  /** Null when a server has the ledger. */
  readonly store: Store | null;
  readonly settings: Settings;
  /** Ends what runs in good order, and gives up files and connections. */
  close(): Promise<void>;
}

/** @throws what opening the ledger throws: LEDGER_*, DATABASE_UNREACHABLE, SERVER_UNREACHABLE, PACKAGE_MISSING */
export async function openEngine(settings: Settings, options: EngineOptions = {}): Promise<OpenedEngine> {
  const { clock = systemClock } = options;
  const opened = await openLedger(settings, { clock, store: options.store });
  const ledger = { ...opened, api: options.wrapApi?.(opened.api) ?? opened.api };
  const { api, store } = ledger;
  const engine = new Engine(createPorts(settings, ledger, { ...options, clock }));
  return {
    engine,
    api,
    store,
    settings,
    close: async () => {
      try {
        await engine.close();
      } finally {
        await api.close();
      }
    },
  };
}

function createPorts(
  settings: Settings,
  { api, lease }: OpenedLedger,
  options: EngineOptions & { readonly clock: Clock },
): EnginePorts {
  const { clock, observer = null, random = systemRandom, newId = uuidv7, hasHeartbeat = true } = options;
  const masker = createMasker();
  const describer = createEnvironmentDescriber({ mask: (text) => masker.mask(text) });
  const { environment } = options;
  const { storage, storages } = createResultStorages(settings);
  return {
    api,
    clock,
    newId,
    random,
    masker,
    serializer: createJsonSerializer(),
    serializerNamed,
    storage,
    storages,
    observer,
    identity: readProcessIdentity(),
    startHeartbeat: hasHeartbeat ? (processId) => startHeartbeatLate(lease, processId) : null,
    createPool,
    vault: late(async () => {
      const { createVault } = await import("./vault.ts");
      return createVault({ home: settings.home, key: settings.secretsKey });
    }),
    readEnvironment: createEnvironmentReader(),
    describeEnvironment: environment === undefined ? describer.describe : () => ({ now: environment, later: null }),
    versionOf: describer.versionOf,
    limits: {
      inlineResult: settings.inlineResultBytes,
      flowConcurrency: settings.flowConcurrency,
      bodyConcurrency: 1000,
      attentionMs: settings.attentionMs,
      graceMs: settings.graceMs,
      driftSettleMs: settings.driftSettleMs,
      logLevel: settings.logLevel,
    },
  };
}

/** Before the serializers of Python's flows, by the names that they have there. */
const pythonMark = "python/";

async function serializerNamed(name: string): Promise<ResultSerializer | null> {
  switch (name) {
    case "v8":
      return (await import("../results/v8-serializer.ts")).v8();
    case "json+gzip":
      return (await import("../results/compressed-serializer.ts")).compressed(createJsonSerializer());
    default:
      return name.startsWith(pythonMark)
        ? (await import("../results/python-results.ts")).createPythonResults(name.slice(pythonMark.length))
        : null;
  }
}

async function createPool(kind: "threads" | "processes", limit: number | undefined) {
  switch (kind) {
    case "threads":
      return (await import("../engine/pools/thread-pool.ts")).createThreadPool({ limit });
    case "processes":
      return (await import("../engine/pools/process-pool.ts")).createProcessPool({ limit });
  }
}

/** The thread's code is loaded only by runs that last. */
function startHeartbeatLate(lease: OpenedLedger["lease"], processId: string): { stop(): Promise<void> } {
  const { location, leaseMs, isAllOthersKnow } = lease;
  let isStopped = false;
  let heartbeat: { stop(): Promise<void> } | null = null;
  const start = async (): Promise<void> => {
    const { startHeartbeat } = await import("./heartbeat.ts");
    if (!isStopped) heartbeat = startHeartbeat({ location, processId, leaseMs, startDelayMs: 0 });
  };
  const timer = isAllOthersKnow ? null : systemClock.setTimer(1000, () => void start(), { background: true });
  if (timer === null) void start();
  return {
    async stop() {
      isStopped = true;
      timer?.cancel();
      await heartbeat?.stop();
    },
  };
}
