/** Puts a server together: the ledger, the service over it, the loops that look after it, and HTTP before it. */

import { join } from "node:path";
import { apiVersion } from "../contract/wire/server-info.ts";
import type { ServerSettings } from "../contract/wire/server-description.ts";
import { systemClock } from "../kit/clock.ts";
import { systemRandom } from "../kit/random.ts";
import type { Retention } from "../loops/retention.ts";
import { createServer, type RequestEntry } from "../server/create-server.ts";
import type { ServerLimits } from "../server/http/limits.ts";
import type { ListenOptions } from "../server/http/listen.ts";
import { createService } from "../service/create-service.ts";
import { openStore } from "./open-store.ts";
import { findPackage } from "./package-version.ts";
import { isAlive } from "./process-liveness.ts";
import { type ServerLoops, startServerLoops } from "./server-loops.ts";
import { readServerStatus } from "./server-status.ts";
import type { Settings } from "./settings.ts";
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
  /** Names of hosts that lead to this server, beside localhost and this machine's own. */
  readonly allowedHosts?: readonly string[];
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
  const store = await openStore(settings, clock);
  const api = createService({ store, clock, leaseMs, isAlive });
  const vault = createVault({ home: settings.home, key: settings.secretsKey });
  const ownPackage = findPackage(import.meta.dirname);
  const version = ownPackage?.version ?? "unknown";
  let loops: ServerLoops | null = null;
  const server = createServer({
    api: wakeAfterWrites(api, () => loops?.wake()),
    clock,
    vault,
    info: { name: "millrace", version, apiVersion, leaseMs },
    about: {
      settings: options.shownSettings ?? null,
      readStatus: () =>
        readServerStatus({ api, store, clock, version, startedAt, readLoops: () => loops?.state ?? [] }),
    },
    limits,
    allowedHosts,
    ...(ownPackage === null ? {} : { dashboardFolder: join(ownPackage.folder, "dist/dashboard") }),
    checksAnswers: settings.checkAnswers === "on",
    ...(onRequest === undefined ? {} : { onRequest }),
    onFailure: ({ requestId, error }) => onFailure({ where: `request ${requestId}`, error }),
  });
  let url: string;
  try {
    url = await server.listen(options);
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
    store,
    cancelWithinMs: settings.cancelWithinMs,
    onFailure,
  });
  loops = started;
  return {
    url,
    async close() {
      await started.stop();
      await server.close();
      await store.close();
    },
  };
}
