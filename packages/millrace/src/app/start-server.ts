/** Puts a server together: its own ledger, and those of its workspaces. */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";
import { metricTable } from "../contract/metrics.ts";
import type { ServerSettings } from "../contract/wire/server-description.ts";
import { systemClock } from "../kit/clock.ts";
import { createLetOthers } from "../kit/let-others.ts";
import { createMetrics } from "../kit/metrics.ts";
import { findTracer } from "../kit/open-telemetry.ts";
import { secretBytes } from "../kit/random.ts";
import { flushWithinMs } from "../kit/tracing.ts";
import type { Retention } from "../loops/retention.ts";
import type { RequestEntry } from "../server/create-server.ts";
import type { OidcOptions } from "../server/access/oidc/oidc-options.ts";
import { partOfClient, type ServerLimits } from "../server/http/limits.ts";
import type { ListenOptions } from "../server/http/listen.ts";
import { createAccess } from "../service/access/create-access.ts";
import { createService } from "../service/create-service.ts";
import { inWorkspace } from "../service/workspaces/in-workspace.ts";
import { openNowhere, openPlace, type PlaceOptions } from "./open-place.ts";
import { openVault, type VaultSettings } from "./open-vault.ts";
import { createLedgerHealth } from "./ledger-health.ts";
import { countRecords } from "./metrics/count-records.ts";
import { measureServer } from "./metrics/measure-server.ts";
import { createResultsRetention, type ResultsRetention } from "./results-retention.ts";
import { createS3CredentialsReader } from "./s3-credentials.ts";
import { readDiskSpace } from "./disk-space.ts";
import { openStore } from "./open-store.ts";
import { isAlive } from "./process-liveness.ts";
import type { Settings } from "./settings.ts";
import { createAddressCheck } from "../loops/automations/check-address.ts";
import { createWorkspaces, lookEveryMs } from "./workspaces.ts";

export type { RequestEntry };

export interface StartServerOptions extends ListenOptions {
  readonly settings: Pick<
    Settings,
    | "home"
    | "database"
    | "durability"
    | "leaseMs"
    | "cancelWithinMs"
    | "lateAfterMs"
    | "scheduleHorizonMs"
    | "checkAnswers"
    | "stopDelayMs"
    | "maxStreams"
    | "maxSockets"
    | "metrics"
    | keyof Retention
    | keyof ResultsRetention
  > &
    VaultSettings;
  /** What is told of the settings. Default: nothing is. */
  readonly shownSettings?: ServerSettings;
  /** Whether callers are asked who they are; then other machines may reach it. Default false. */
  readonly accessControl?: boolean;
  /** By whom people may sign in then, beside their passwords. Default: nobody. */
  readonly oidc?: OidcOptions | null;
  /** Told the password of the admin that is made for a ledger that has no account, this once. */
  readonly onFirstAdmin?: (admin: { readonly name: string; readonly password: string }) => void;
  /** Names of hosts that lead to this server, beside localhost and this machine's own. */
  readonly allowedHosts?: readonly string[];
  /** Addresses and networks of the proxies before it, which say where a request comes from. Default: none is believed. */
  readonly trustedProxies?: readonly string[];
  /** Private networks that automations may send to. Default: all without access control, none with it. */
  readonly privateNetworks?: readonly string[] | null;
  readonly limits?: Partial<ServerLimits>;
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Told of what went wrong, and where: the id of a request, or a loop's name. */
  readonly onFailure?: (failure: {
    readonly where: string;
    readonly error: unknown;
    /** Of the request, where it was one. */
    readonly requestId?: string;
    readonly traceId?: string | null;
  }) => void;
}

export interface RunningServer {
  readonly url: string;
  /**
   * Says that it is not ready, for `stopDelayMs` before anything else; finishes what is under way, then gives up the port and
   * the ledger.
   */
  close(): Promise<void>;
}

/**
 * Resolves when it answers.
 *
 * @throws SERVER_REMOTE_REFUSED, SERVER_ADDRESS_TAKEN, and what opening the ledger throws
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { settings, accessControl = false, onFirstAdmin = () => undefined, onFailure = () => undefined } = options;
  const { leaseMs } = settings;
  const clock = systemClock;
  const health = createLedgerHealth(
    await openStore({ ...settings, isServer: true }, clock),
    settings.database === null ? settings.home : "PostgreSQL",
  );
  const metrics = settings.metrics === "on" ? createMetrics(metricTable) : null;
  const counted = (ledger: Store): Store => (metrics === null ? ledger : countRecords(ledger, { metrics, clock }));
  const store = counted(health.store);
  const api = createService({ store, clock, leaseMs, isAlive, watchesLeases: true });
  const accounts = api;
  const access = accessControl ? createAccess({ access: store.access, clock }) : null;
  if (accessControl) await makeFirstAdmin(api, onFirstAdmin);
  const oidc = options.oidc ?? null;
  let url = "";
  const common: PlaceOptions = {
    settings,
    clock,
    vault: openVault(settings),
    startedAt: clock.now(),
    readSpace: () => readDiskSpace(settings),
    shownSettings: options.shownSettings ?? null,
    allowedHosts: options.allowedHosts ?? [],
    // Where everybody may do everything, there is nobody to keep from what the server itself can reach.
    checkAddress: createAddressCheck({ privateNetworks: options.privateNetworks ?? (accessControl ? [] : "all") }),
    trustedProxies: options.trustedProxies ?? [],
    limits: { ...limitsOf(settings), ...options.limits },
    letOthers: createLetOthers(clock),
    metrics,
    listWorkspaces: (identity) => workspaces.list(identity),
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
    onFailure,
  };
  const workspaces = createWorkspaces({
    store,
    clock,
    access,
    async open(parts) {
      const beside = counted(parts.store);
      const ofLedger = createService({ store: beside, clock, leaseMs, isAlive, watchesLeases: true });
      const api = inWorkspace(ofLedger, parts.workspace);
      const place = openPlace({ ...parts, store: beside, api, accounts, oidc }, common);
      await place.server.ready();
      place.startLoops(`${url}/workspaces/${parts.workspace()}`);
      return place;
    },
    async openNowhere(ofNobody) {
      const nowhere = openNowhere({ access: ofNobody, accounts, oidc }, common);
      await nowhere.ready();
      return nowhere;
    },
    onFailure,
  });
  const place = openPlace(
    {
      store,
      api,
      access,
      workspace: null,
      findWorkspace: (name) => workspaces.find(name),
      oidc,
      checkDatabase: () => health.check(),
    },
    common,
  );
  try {
    url = await place.server.listen({ ...options, allowRemote: accessControl || options.allowRemote === true });
  } catch (error) {
    await store.close();
    throw error;
  }
  const { readLoops, version } = place;
  const readCredentials = createS3CredentialsReader({
    api,
    vault: async () => common.vault,
    masker: { add: () => undefined },
  });
  const measuring = metrics === null ? null : measureServer(metrics, { api, store, clock, version, readLoops });
  place.startLoops(url, [
    { name: "workspaces", everyMs: lookEveryMs, tick: () => workspaces.look() },
    ...createResultsRetention(settings, { store, clock, readCredentials }),
  ]);
  return {
    url,
    async close() {
      place.server.announceStop();
      if (settings.stopDelayMs > 0) await clock.sleep(settings.stopDelayMs);
      await place.stopLoops();
      await workspaces.close();
      await place.server.close();
      measuring?.stop();
      await findTracer()?.flush(flushWithinMs);
      await store.close();
    },
  };
}

function limitsOf({ maxStreams, maxSockets }: StartServerOptions["settings"]): Partial<ServerLimits> {
  return {
    maxStreams,
    maxStreamsOfClient: partOfClient(maxStreams),
    maxWaiting: maxStreams,
    maxWaitingOfClient: partOfClient(maxStreams),
    maxSockets,
    maxSocketsOfClient: partOfClient(maxSockets),
  };
}

/** Without an account nobody could come in, and nobody could make one. */
async function makeFirstAdmin(
  api: Api,
  tell: (admin: { readonly name: string; readonly password: string }) => void,
): Promise<void> {
  if ((await api.listAccounts({ limit: 1 })).items.length > 0) return;
  const admin = { name: "admin", password: Buffer.from(secretBytes(18)).toString("base64url") };
  try {
    await api.createAccount({ ...admin, kind: "person", role: "admin" });
  } catch (error) {
    // Another server over the same ledger was faster, and has told it.
    if (isMillraceError(error, "OBJECT_EXISTS")) return;
    throw error;
  }
  tell(admin);
}
