/** Puts a server together: the ledger, the service over it, the loops that look after it, and HTTP before it. */

import { join } from "node:path";
import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import { apiVersion } from "../contract/wire/server-info.ts";
import type { DiskSpace, ServerSettings } from "../contract/wire/server-description.ts";
import { systemClock } from "../kit/clock.ts";
import { secretBytes, systemRandom } from "../kit/random.ts";
import type { Retention } from "../loops/retention.ts";
import { createServer, type RequestEntry } from "../server/create-server.ts";
import type { ServerLimits } from "../server/http/limits.ts";
import type { ListenOptions } from "../server/http/listen.ts";
import { createAccess } from "../service/access/create-access.ts";
import { createService } from "../service/create-service.ts";
import { readDiskSpace } from "./disk-space.ts";
import { fillBarePools } from "./fill-bare-pools.ts";
import { openStore } from "./open-store.ts";
import { findPackage } from "./package-version.ts";
import { isAlive } from "./process-liveness.ts";
import { type ServerLoops, startServerLoops } from "./server-loops.ts";
import { readServerStatus } from "./server-status.ts";
import type { Settings } from "./settings.ts";
import { tryBlock } from "../loops/automations/try-block.ts";
import { createVault } from "./vault.ts";
import { wakeAfterWrites } from "./wake-after-writes.ts";

export type { RequestEntry };

export interface StartServerOptions extends ListenOptions {
  readonly settings: Pick<
    Settings,
    "home" | "database" | "durability" | "leaseMs" | "cancelWithinMs" | "secretsKey" | "checkAnswers" | keyof Retention
  >;
  /** What is told of the settings. Default: nothing is. */
  readonly shownSettings?: ServerSettings;
  /** Whether callers are asked who they are; then other machines may reach it. Default false. */
  readonly accessControl?: boolean;
  /** Told the password of the admin that is made for a ledger that has no account, this once. */
  readonly onFirstAdmin?: (admin: { readonly name: string; readonly password: string }) => void;
  /** Names of hosts that lead to this server, beside localhost and this machine's own. */
  readonly allowedHosts?: readonly string[];
  /** Addresses and networks of the proxies before it, which say where a request comes from. Default: none is believed. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Told of what went wrong, and where: the id of a request, or a loop's name. */
  readonly onFailure?: (failure: { readonly where: string; readonly error: unknown }) => void;
}

export interface RunningServer {
  readonly url: string;
  /** Finishes what is under way, then gives up the port and the ledger. */
  close(): Promise<void>;
}

/**
 * Resolves when it answers.
 *
 * @throws SERVER_REMOTE_REFUSED, SERVER_ADDRESS_TAKEN, and what opening the ledger throws
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { settings, allowedHosts = [], limits = {}, onRequest, onFailure = () => undefined } = options;
  const { leaseMs } = settings;
  const clock = systemClock;
  const startedAt = clock.now();
  const store = await openStore({ ...settings, isServer: true }, clock);
  const api = createService({ store, clock, leaseMs, isAlive });
  const { accessControl = false, onFirstAdmin = () => undefined } = options;
  const access = accessControl ? createAccess({ access: store.access, clock }) : null;
  if (accessControl) await makeFirstAdmin(api, onFirstAdmin);
  const vault = createVault({ home: settings.home, key: settings.secretsKey });
  const ownPackage = findPackage(import.meta.dirname);
  const version = ownPackage?.version ?? "unknown";
  const readSpace = (): Promise<DiskSpace | null> => readDiskSpace(settings);
  let loops: ServerLoops | null = null;
  const server = createServer({
    api: wakeAfterWrites(api, () => loops?.wake()),
    clock,
    vault,
    tryBlock: (id) => tryBlock({ api, vault, clock }, id),
    ...(access === null ? {} : { access }),
    info: { name: "millrace", version, apiVersion, leaseMs },
    about: {
      settings: options.shownSettings ?? null,
      readStatus: () =>
        readServerStatus({ api, store, clock, version, startedAt, readLoops: () => loops?.state ?? [], readSpace }),
    },
    limits,
    allowedHosts,
    trustedProxies: options.trustedProxies ?? [],
    ...(ownPackage === null ? {} : { dashboardFolder: join(ownPackage.folder, "dist/dashboard") }),
    checksAnswers: settings.checkAnswers === "on",
    ...(onRequest === undefined ? {} : { onRequest }),
    onFailure: ({ requestId, error }) => onFailure({ where: `request ${requestId}`, error }),
  });
  let url: string;
  try {
    url = await server.listen({ ...options, allowRemote: accessControl || options.allowRemote === true });
  } catch (error) {
    await store.close();
    throw error;
  }
  const started = startServerLoops({
    api,
    clock,
    random: systemRandom,
    vault,
    uiUrl: url,
    retention: settings,
    readSpace,
    store,
    cancelWithinMs: settings.cancelWithinMs,
    onFailure,
  });
  loops = started;
  const filling = fillBarePools(api).catch((error: unknown) => onFailure({ where: "templates of work pools", error }));
  return {
    url,
    async close() {
      await filling;
      await started.stop();
      await server.close();
      await store.close();
    },
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
