/** A ledger that a server has, with the service over it, the loops that look after it, and HTTP before it. */

import { join } from "node:path";
import type { Access, Identity } from "../contract/access.ts";
import type { Api } from "../contract/api.ts";
import type { ServerMetrics } from "../contract/metrics.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Store } from "../contract/store.ts";
import type { DiskSpace, ServerSettings } from "../contract/wire/server-description.ts";
import { apiVersion, type ServerInfo } from "../contract/wire/server-info.ts";
import type { OpenWorkspace } from "../contract/workspaces.ts";
import type { Clock } from "../kit/clock.ts";
import type { LetOthers } from "../kit/let-others.ts";
import { findTracer } from "../kit/open-telemetry.ts";
import { systemRandom } from "../kit/random.ts";
import type { AddressCheck } from "../loops/automations/check-address.ts";
import { tryBlock } from "../loops/automations/try-block.ts";
import type { Retention } from "../loops/retention.ts";
import type { OidcOptions } from "../server/access/oidc/oidc-options.ts";
import { createServer, type RequestEntry, type Server, type ServerOptions } from "../server/create-server.ts";
import type { ServerLimits } from "../server/http/limits.ts";
import type { FindWorkspace } from "../server/workspaces/mount.ts";
import { noWorkspace } from "../service/workspaces/in-workspace.ts";
import { fillBarePools } from "./fill-bare-pools.ts";
import { installBlockTypes } from "./install-block-types.ts";
import { findPackage } from "./package-version.ts";
import { type LoopEntry, type ServerLoops, startServerLoops } from "./server-loops.ts";
import { readServerStatus } from "./server-status.ts";
import type { Settings } from "./settings.ts";
import { createStatisticsLoop } from "./statistics-loop.ts";
import { wakeAfterWrites } from "./wake-after-writes.ts";

/** What all places of a server have in common. */
export interface PlaceOptions {
  readonly settings: Pick<
    Settings,
    "database" | "leaseMs" | "cancelWithinMs" | "lateAfterMs" | "scheduleHorizonMs" | "checkAnswers" | keyof Retention
  >;
  readonly clock: Clock;
  readonly vault: Vault;
  /** Of what automations send to. */
  readonly checkAddress: AddressCheck;
  readonly startedAt: number;
  /** Of the disk that the ledgers are on. */
  readonly readSpace: () => Promise<DiskSpace | null>;
  /** What is told of the settings; null: nothing is. */
  readonly shownSettings: ServerSettings | null;
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly limits: Partial<ServerLimits>;
  /** What all places count into; null where nothing is counted. */
  readonly metrics: ServerMetrics | null;
  /** The loops of all places take turns. */
  readonly letOthers: LetOthers;
  readonly listWorkspaces: (identity: Identity | null) => Promise<readonly OpenWorkspace[]>;
  readonly onRequest?: (entry: RequestEntry) => void;
  readonly onFailure: (failure: { readonly where: string; readonly error: unknown }) => void;
}

export interface PlaceParts {
  readonly store: Store;
  readonly api: Api;
  readonly access: Access | null;
  /** Its name, which may change; null for the server's own ledger. */
  readonly workspace: (() => string) | null;
  /** Of a workspace: those of the server. */
  readonly accounts?: ServerOptions["accounts"];
  readonly findWorkspace?: FindWorkspace;
  /** Of the server's own ledger. Default: that it answers. */
  readonly checkDatabase?: ServerOptions["checkDatabase"];
  /** By whom people may sign in, where it has access control; null for nobody. */
  readonly oidc: OidcOptions | null;
}

export interface Place {
  readonly server: Server;
  readonly version: string;
  /** How its loops do; nothing before they run. */
  readonly readLoops: () => ServerLoops["state"];
  /** Once it is known where the dashboard is. @param more loops beside those of a ledger */
  startLoops(uiUrl: string, more?: readonly LoopEntry[]): void;
  /** Ends the loops; before the server is closed. */
  stopLoops(): Promise<void>;
}

function infoOf({ leaseMs }: PlaceOptions["settings"]): ServerInfo {
  const version = findPackage(import.meta.dirname)?.version ?? "unknown";
  return { name: "millrace", version, apiVersion, leaseMs };
}

export function openPlace(parts: PlaceParts, options: PlaceOptions): Place {
  const { store, api, access, workspace, accounts, findWorkspace, oidc, checkDatabase } = parts;
  const { settings, clock, vault, checkAddress, startedAt, readSpace, letOthers, metrics, onRequest } = options;
  const onFailure: PlaceOptions["onFailure"] = ({ where, error }) =>
    options.onFailure({ where: workspace === null ? where : `workspace ${workspace()}, ${where}`, error });
  const ownPackage = findPackage(import.meta.dirname);
  const { version } = infoOf(settings);
  let loops: ServerLoops | null = null;
  const readLoops = (): ServerLoops["state"] => loops?.state ?? [];
  let filling: Promise<unknown> = Promise.resolve();
  const server = createServer({
    api: wakeAfterWrites(api, () => loops?.wake()),
    clock,
    vault,
    tryBlock: (id) => tryBlock({ api, vault, clock, checkAddress }, id),
    ...(access === null ? {} : { access, oidc }),
    ...(accounts === undefined ? {} : { accounts }),
    isWorkspace: workspace !== null,
    ...(findWorkspace === undefined ? {} : { findWorkspace }),
    listWorkspaces: options.listWorkspaces,
    info: infoOf(settings),
    about: {
      settings: options.shownSettings,
      readStatus: () => readServerStatus({ api, store, clock, version, startedAt, readLoops, readSpace }),
      readLoops,
    },
    ...(metrics === null ? {} : { metrics }),
    tracer: findTracer(),
    ...(checkDatabase === undefined ? {} : { checkDatabase }),
    limits: options.limits,
    allowedHosts: options.allowedHosts,
    trustedProxies: options.trustedProxies,
    ...(ownPackage === null ? {} : { dashboardFolder: join(ownPackage.folder, "dist/dashboard") }),
    checksAnswers: settings.checkAnswers === "on",
    ...(onRequest === undefined ? {} : { onRequest }),
    onFailure: (failure) => onFailure({ where: `request ${failure.requestId}`, ...failure }),
  });
  return {
    server,
    version,
    readLoops,
    startLoops(uiUrl, more = []) {
      loops = startServerLoops({
        api,
        clock,
        random: systemRandom,
        vault,
        checkAddress,
        uiUrl,
        retention: settings,
        readSpace,
        store,
        letOthers,
        more: [...more, ...createStatisticsLoop(settings, store)],
        ...(metrics === null
          ? {}
          : { onTick: ({ loop, tookMs }) => metrics.observe("millrace_loop_tick_seconds", [loop], tookMs / 1000) }),
        cancelWithinMs: settings.cancelWithinMs,
        lateAfterMs: settings.lateAfterMs,
        scheduleHorizonMs: settings.scheduleHorizonMs,
        onFailure,
      });
      const install = async (what: string, done: Promise<unknown>): Promise<void> => {
        await done.catch((error: unknown) => onFailure({ where: what, error }));
      };
      filling = Promise.all([
        install("templates of work pools", fillBarePools(api)),
        install("types of blocks", installBlockTypes({ store, clock })),
      ]);
    },
    async stopLoops() {
      await filling;
      await loops?.stop();
    },
  };
}

/** What answers for workspaces that are not there, and for whom no workspace is there. */
export function openNowhere(
  { access, accounts, oidc }: Pick<PlaceParts, "access" | "oidc"> & { readonly accounts: Api },
  options: PlaceOptions,
): Server {
  const { settings, clock, vault, listWorkspaces, limits, allowedHosts, trustedProxies, onFailure } = options;
  return createServer({
    api: noWorkspace(access !== null),
    accounts,
    clock,
    vault,
    ...(access === null ? {} : { access, oidc }),
    isWorkspace: true,
    listWorkspaces,
    info: infoOf(settings),
    limits,
    allowedHosts,
    trustedProxies,
    onFailure: ({ requestId, error }) => onFailure({ where: `request ${requestId}`, error }),
  });
}
