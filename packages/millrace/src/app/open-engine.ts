/** Puts an engine together: where runs are recorded, and all else that the engine is given. */

import type { Client } from "../client/create-client.ts";
import type { Api } from "../contract/api.ts";
import type { RunEnvironment } from "../contract/flow-run.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { ResultSerializer } from "../contract/results.ts";
import type { Store } from "../contract/store.ts";
import { Engine } from "../engine/engine.ts";
import type { Deadlines, EnginePorts, LeaseHeartbeat } from "../engine/ports.ts";
import { type Clock, systemClock, type Timer } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { late } from "../kit/late.ts";
import { createMasker, type Masker } from "../kit/mask.ts";
import { findTracer } from "../kit/open-telemetry.ts";
import { readProcessIdentity } from "../kit/process-identity.ts";
import { type Random, systemRandom } from "../kit/random.ts";
import { flushWithinMs } from "../kit/tracing.ts";
import { createJsonSerializer } from "../results/json-serializer.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { createEnvironmentDescriber } from "./describe-environment.ts";
import { type OpenedLedger, openLedger } from "./open-ledger.ts";
import { createResultStorages } from "./result-storage.ts";
import { secretsOfSettings } from "./secrets-of-settings.ts";
import { createEnvironmentReader, readProgramTrace, type Settings } from "./settings.ts";
import { traceSubmissions } from "./trace-submissions.ts";

/** A run that has ended by then pays for no thread where others of the machine see whether its process lives. In ms. */
const lateMs = 1000;
/** How long log lines wait to be recorded together on a server, in ms. */
const remoteLogDelayMs = 200;

export interface EngineOptions {
  readonly observer?: RunObserver | null;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the system's chance. */
  readonly random?: Random;
  readonly newId?: () => string;
  /** In place of the ledger of the settings. */
  readonly store?: Store;
  /** Whether the server of the settings has answered somebody: it is waited for, then. Default false. */
  readonly isServerKnown?: boolean;
  /** False where leases need no thread: time is the test's own. Default true. */
  readonly hasHeartbeat?: boolean;
  /** Stands between the engine and its orchestrator. */
  readonly wrapApi?: (api: Api) => Api;
  /** Hides secrets in what is recorded. It is told those of the settings. Default: one that knows no others. */
  readonly masker?: Masker;
  /** True for a process that a worker has started for one run: another takes the run up later. Default false. */
  readonly isOfWorker?: boolean;
  /** Default: nobody ends this process past a timeout. */
  readonly deadlines?: Deadlines;
  /** Where its runs run, in place of what is found out of this machine. */
  readonly environment?: RunEnvironment;
}

export interface OpenedEngine {
  readonly engine: Engine;
  readonly api: Api;
  /** Null when a server has the ledger. */
  readonly store: Store | null;
  /** Null when this process has opened the ledger itself. */
  readonly client: Client | null;
  readonly settings: Settings;
  /** Says from now on by this key who is asking, and hides it. */
  useKey(apiKey: string): void;
  /** Ends what runs in good order, and gives up files and connections. */
  close(): Promise<void>;
}

/** @throws what opening the ledger throws: LEDGER_*, DATABASE_UNREACHABLE, SERVER_UNREACHABLE, PACKAGE_MISSING */
export async function openEngine(settings: Settings, options: EngineOptions = {}): Promise<OpenedEngine> {
  const { clock = systemClock, store: given, isServerKnown = false } = options;
  const opened = await openLedger(settings, { clock, store: given, isServerKnown });
  const traced = traceSubmissions(opened.api, { findTracer, readProgramTrace });
  const ledger = { ...opened, api: options.wrapApi?.(traced) ?? traced };
  const { api, store, client } = ledger;
  const engine = new Engine(createPorts(settings, ledger, { ...options, clock }));
  return {
    engine,
    api,
    store,
    client,
    settings,
    useKey(apiKey) {
      engine.ports.masker.add(apiKey);
      opened.useKey(apiKey);
    },
    close: async () => {
      try {
        await engine.close();
        await findTracer()?.flush(flushWithinMs);
      } finally {
        await api.close();
      }
    },
  };
}

function createPorts(
  settings: Settings,
  { api, client, lease }: OpenedLedger,
  options: EngineOptions & { readonly clock: Clock },
): EnginePorts {
  const { clock, observer = null, random = systemRandom, newId = uuidv7, hasHeartbeat = true } = options;
  const { environment, deadlines = null, isOfWorker = false, masker = createMasker() } = options;
  for (const secret of secretsOfSettings(settings)) masker.add(secret);
  const describer = createEnvironmentDescriber({ mask: (text) => masker.mask(text) });
  const vault = late(async () => {
    const { openVault } = await import("./open-vault.ts");
    return openVault(settings);
  });
  const { storage, storages } = createResultStorages(settings, async (block) => {
    const { createS3CredentialsReader } = await import("./s3-credentials.ts");
    return createS3CredentialsReader({ api, vault, masker })(block);
  });
  return {
    api,
    clock,
    newId,
    deadlines,
    random,
    masker,
    serializer: createJsonSerializer(),
    serializerNamed,
    storage,
    storages,
    observer,
    identity: readProcessIdentity(),
    createHeartbeat: hasHeartbeat ? (processId, onGone) => createLateHeartbeat(lease, { processId, onGone }) : null,
    createPool,
    vault,
    readEnvironment: createEnvironmentReader(),
    describeEnvironment: environment === undefined ? describer.describe : () => ({ now: environment, later: null }),
    findTracer,
    programTrace: readProgramTrace(),
    versionOf: describer.versionOf,
    limits: {
      inlineResult: settings.inlineResultBytes,
      flowConcurrency: settings.flowConcurrency,
      bodyConcurrency: settings.bodyConcurrency,
      bodyCalls: settings.bodyCalls,
      attentionMs: settings.attentionMs,
      graceMs: settings.graceMs,
      driftSettleMs: settings.driftSettleMs,
      longSleepMs: isOfWorker ? settings.longSleepMs : null,
      logLevel: settings.logLevel,
      // Each write is a request then, of many processes to one server; a page that follows a log asks once a second.
      logDelayMs: client === null ? 0 : remoteLogDelayMs,
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

/** The thread's code is loaded only by runs that last, or where it is asked to be ready. */
function createLateHeartbeat(
  lease: OpenedLedger["lease"],
  { processId, onGone }: { readonly processId: string; readonly onGone: () => void },
): LeaseHeartbeat {
  const { leaseMs, isAllOthersKnow } = lease;
  let isStopped = false;
  let timer: Timer | null = null;
  let heartbeat: Promise<Heartbeat | null> | null = null;

  async function start(isHeld: boolean): Promise<Heartbeat | null> {
    const { startHeartbeat } = await import("./heartbeat.ts");
    return isStopped ? null : startHeartbeat({ location: lease.location, processId, leaseMs, isHeld, onGone });
  }

  function beginLate(): void {
    heartbeat = start(false);
  }

  return {
    prepare() {
      if (isAllOthersKnow) heartbeat ??= start(true);
    },
    begin() {
      if (heartbeat !== null) void heartbeat.then((held) => held?.begin(lease.location));
      else if (isAllOthersKnow) heartbeat = start(false);
      else timer = systemClock.setTimer(lateMs, beginLate, { background: true });
    },
    async stop() {
      isStopped = true;
      timer?.cancel();
      await (await heartbeat)?.stop();
    },
  };
}
