/** A server of HTTP over any Api. It imports no user code, and reads nothing but validated JSON. */

import { EventEmitter } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import fastify, { type FastifyInstance } from "fastify";
import type { Access, Identity } from "../contract/access.ts";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { ServerMetrics } from "../contract/metrics.ts";
import type { Vault } from "../contract/runtime.ts";
import type { OpenWorkspace } from "../contract/workspaces.ts";
import type { BlockTrial } from "../contract/wire/sealed-values.ts";
import type { ServerInfo } from "../contract/wire/server-info.ts";
import type { Clock } from "../kit/clock.ts";
import type { Tracer } from "../kit/tracing.ts";
import { abortable, timeoutSignal } from "../kit/signal.ts";
import { addOidcRoutes } from "./access/add-oidc-routes.ts";
import { addSessionRoutes, type SessionRoutesOptions } from "./access/add-session-routes.ts";
import { withFewDenied } from "./access/denied-calls.ts";
import { createGuard, demandPolicies, type Guard, guardRoutes } from "./access/guard.ts";
import type { OidcOptions } from "./access/oidc/oidc-options.ts";
import { withLiveRuns } from "./access/runs/live-runs.ts";
import { createDashboard } from "./dashboard/create-dashboard.ts";
import { addEventStream } from "./events/add-event-stream.ts";
import { addAnswerHooks } from "./http/answers.ts";
import { addClientAddress, createAddressReader } from "./http/client-address.ts";
import { addErrorAnswers, answerUnroutable } from "./http/errors.ts";
import { addFlowControl } from "./http/flow-control.ts";
import { addHostGuard, createHostCheck } from "./http/guard-hosts.ts";
import { defaultLimits, type ServerLimits } from "./http/limits.ts";
import { listen, type ListenOptions } from "./http/listen.ts";
import { refuseConnection } from "./http/refused-connections.ts";
import { addRequestIds, toRequestId } from "./http/request-ids.ts";
import { addProbes } from "./health/add-probes.ts";
import { createReadinessWatch } from "./health/readiness.ts";
import { addRequestSpans } from "./http/request-spans.ts";
import { type ServerFailure, traceIdOfRequest } from "./http/server-failure.ts";
import { addWebhooks } from "./hooks/add-webhooks.ts";
import { addMetrics, countOpen, countRequests } from "./metrics/add-metrics.ts";
import { addPrefect } from "./prefect/add-prefect.ts";
import { addSealingRoutes } from "./v1/add-sealing-routes.ts";
import { type AboutServer, addServerRoutes } from "./v1/add-server-routes.ts";
import { addV1Routes } from "./v1/add-v1-routes.ts";
import { createDueDesk } from "./work/due-desk.ts";
import { type FindWorkspace, type Mounted, mountWorkspaces } from "./workspaces/mount.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The largest body, in bytes. */
    maxBodyBytes?: number;
    /** Neither counted nor refused while the server is full. */
    isExempt?: boolean;
    /** Nor while it stops. */
    isProbe?: boolean;
  }
}

/** A request that was answered, for the log. */
export interface RequestEntry {
  readonly requestId: string;
  readonly verb: string;
  readonly path: string;
  readonly status: number;
  readonly tookMs: number;
  /** Of the trace that it is a part of; null where it is in none. */
  readonly traceId: string | null;
}

export interface ServerOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly info: ServerInfo;
  /** Seals what is secret before it is kept; its key stays in this process. */
  readonly vault: Vault;
  /** Default: nobody is asked who they are, and whoever reaches the server may do everything. */
  readonly access?: Access;
  /** Whose accounts come in, where that is another ledger than `api`'s. Default: those of `api`. */
  readonly accounts?: SessionRoutesOptions["api"];
  /** Whether it is the server of a workspace: reached by the server that has it, it does not listen. Default false. */
  readonly isWorkspace?: boolean;
  /** The servers of the workspaces that are reached by this one. Default: there are none. */
  readonly findWorkspace?: FindWorkspace;
  /** The workspaces that somebody may enter; null for who is not known, or not asked. Default: none. */
  readonly listWorkspaces?: (identity: Identity | null) => Promise<readonly OpenWorkspace[]>;
  /** By whom people may sign in, beside their passwords. Default: nobody. Counts only with `access`. */
  readonly oidc?: OidcOptions | null;
  /** Sends a test by a block; null when there is none. Default: a server that sends nothing tries nothing. */
  readonly tryBlock?: (id: string) => Promise<BlockTrial | null>;
  /** What it says of itself beside `info`. Default: nothing. */
  readonly about?: AboutServer;
  /** Counts what it does, and is told at GET /metrics. Default: nothing is counted, and there is no such route. */
  readonly metrics?: ServerMetrics;
  /** Makes spans of requests. Default: none are made; a trace that comes with a request for a run goes on all the same. */
  readonly tracer?: Tracer | null;
  /** Rejects when the database cannot be used. Default: something is read over the Api. */
  readonly checkDatabase?: () => Promise<void>;
  readonly limits?: Partial<ServerLimits>;
  /** The folder of the dashboard's files. Default: there is none, and its pages say so. */
  readonly dashboardFolder?: string;
  /** Names of hosts that lead to this server, beside localhost and this machine's own. */
  readonly allowedHosts?: readonly string[];
  /** Addresses and networks of the proxies before it, which say where a request comes from. Default: none is believed. */
  readonly trustedProxies?: readonly string[];
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Each answer is held against the schema of its route; one that does not hold is a failure. Default false. */
  readonly checksAnswers?: boolean;
  /** Told of errors that are none of the catalogue. */
  readonly onFailure?: (failure: ServerFailure) => void;
}

export interface Server extends Mounted {
  /** Resolves when it can take requests of another server. */
  ready(): Promise<void>;
  /** Resolves with the URL. @throws SERVER_REMOTE_REFUSED, SERVER_ADDRESS_TAKEN */
  listen(options: ListenOptions): Promise<string>;
  /** Says from now on that it should be sent no more requests, and goes on answering those that come. */
  announceStop(): void;
  /** Finishes what is under way, within the limit, and gives up the port. The Api stays open. */
  close(): Promise<void>;
}

async function tryNone(): Promise<never> {
  throw new MillraceError("OBJECT_INVALID", { reason: "this server sends nothing, so it cannot try a block" });
}

export function createServer(options: ServerOptions): Server {
  const { api, clock, info, vault, allowedHosts = [], onRequest, onFailure = () => undefined } = options;
  const { checksAnswers = false, tryBlock = tryNone, isWorkspace = false, listWorkspaces = async () => [] } = options;
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  const { metrics } = options;
  const countRefused =
    (what: "request" | "stream" | "socket") =>
    (limit: string): void =>
      metrics?.add("millrace_refused_total", [what, limit]);
  const upgrades = new EventEmitter<{ upgrade: [IncomingMessage, Duplex, Buffer] }>();
  const own: Mounted = {
    take: (request, response) => app.routing(request, response),
    takeUpgrade: (request, stream, head) => void upgrades.emit("upgrade", request, stream, head),
  };
  const mounted =
    options.findWorkspace === undefined
      ? own
      : mountWorkspaces(own, {
          find: options.findWorkspace,
          onFailure: (error) => onFailure({ requestId: "workspaces", error }),
        });
  const app: FastifyInstance = fastify({
    logger: false,
    serverFactory: () => createHttp(mounted, limits),
    genReqId: toRequestId,
    forceCloseConnections: true,
    clientErrorHandler: refuseConnection,
    // A path that cannot be read is answered like any other request.
    frameworkErrors: answerUnroutable,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 4096 },
  });

  const readAddress = createAddressReader(options.trustedProxies ?? []);
  addClientAddress(app, readAddress);
  addErrorAnswers(app, {
    retryAfterS: limits.retryAfterS,
    onFailure,
    dashboard: createDashboard({
      folder: options.dashboardFolder ?? null,
      hasAccessControl: options.access !== undefined,
    }),
  });
  addRequestIds(app);
  if (options.tracer != null) addRequestSpans(app, options.tracer);
  addHostGuard(app, allowedHosts);
  if (metrics !== undefined) countRequests(app, metrics);
  const flowControl = addFlowControl(app, {
    max: limits.maxRequestsInFlight,
    maxOfClient: limits.maxRequestsOfClient,
    onRefused: countRefused("request"),
  });
  demandPolicies(app);
  const control = createControl(options, (error) => onFailure({ requestId: "audit log", error }));
  const guard = control?.guard ?? null;
  if (control !== null) {
    guardRoutes(app, { ...control, clock, isWorkspace });
    app.addHook("onClose", () => control.close());
  }
  addAnswerHooks(app);
  if (onRequest !== undefined) {
    app.addHook("onResponse", async (request, reply) =>
      onRequest({
        requestId: request.id,
        verb: request.method,
        path: request.originalUrl,
        status: reply.statusCode,
        tookMs: reply.elapsedTime,
        traceId: traceIdOfRequest(request),
      }),
    );
  }
  const streams = addEventStream(app, {
    api,
    clock,
    max: limits.maxStreams,
    maxOfClient: limits.maxStreamsOfClient,
    guard,
    onRefused: countRefused("stream"),
  });
  const desk = createDueDesk({
    api,
    clock,
    feed: streams.feed,
    max: limits.maxWaiting,
    maxOfClient: limits.maxWaitingOfClient,
  });
  addV1Routes(app, {
    api,
    clock,
    maxBodyBytes: limits.maxBodyBytes,
    checksAnswers,
    desk,
    onEvents: () => streams.wake(),
  });
  const oidc = control === null ? null : (options.oidc ?? null);
  addSessionRoutes(app, {
    api: options.accounts ?? api,
    clock,
    control,
    listWorkspaces,
    providerName: oidc?.name ?? null,
    checksAnswers,
  });
  // From a workspace one goes there by the server, which the provider knows.
  if (control !== null && oidc !== null && !isWorkspace)
    addOidcRoutes(app, { oidc, access: control.access, vault, clock, onFailure });
  addSealingRoutes(app, { api, vault, tryBlock, checksAnswers, onEvents: () => streams.wake() });
  addWebhooks(app, { api, clock, vault, maxBodyBytes: limits.maxBodyBytes, onEvents: () => streams.wake() });
  const readiness = createReadinessWatch({
    clock,
    withinMs: limits.readyWithinMs,
    checkDatabase: options.checkDatabase ?? (() => readSomething(api)),
    readLoops: options.about?.readLoops ?? (() => []),
  });
  addProbes(app, readiness);
  const told: ServerInfo = control === null ? info : { ...info, runKeys: true };
  addServerRoutes(app, { api, info: told, about: options.about ?? null });
  const sockets = addPrefect(app, {
    api,
    upgrades,
    clock,
    vault,
    settings: options.about?.settings ?? null,
    feed: streams.feed,
    guard,
    refuse: createHostCheck(allowedHosts),
    readAddress,
    retryAfterS: limits.retryAfterS,
    checksAnswers,
    maxSockets: limits.maxSockets,
    maxSocketsOfClient: limits.maxSocketsOfClient,
    onRefused: countRefused("socket"),
    onFailure,
  });
  // What is open in a workspace is not in the figures of what is open.
  if (metrics !== undefined && !isWorkspace) {
    addMetrics(app, metrics);
    countOpen(metrics, {
      requests: () => flowControl.inFlight,
      streams: () => streams.open,
      sockets: () => sockets.openSockets,
    });
  }

  return {
    ...own,
    ready: async () => {
      await app.ready();
    },
    listen: (where) => listen(app, where),
    announceStop: () => readiness.announceStop(),
    async close() {
      readiness.announceStop();
      streams.close();
      desk.close();
      await sockets.close();
      using limit = timeoutSignal({ ms: limits.drainMs, clock });
      // What has not ended by then is cut off.
      await abortable(flowControl.drain(), limit.signal).catch(() => undefined);
      await app.close();
    },
  };
}

function createHttp(mounted: Mounted, { keepAliveMs, headMs, requestMs, lookEveryMs }: ServerLimits): HttpServer {
  const http = createHttpServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookEveryMs,
    },
    (request, response) => mounted.take(request, response),
  );
  http.on("upgrade", (request, stream, head) => mounted.takeUpgrade(request, stream, head));
  return http;
}

async function readSomething(api: Api): Promise<void> {
  await api.listFlowRuns({ ids: [] }, "created-desc", { limit: 1 });
}

interface Control {
  readonly access: Access;
  readonly guard: Guard;
  /** Keeps what is still to be kept in the audit log. */
  readonly close: () => Promise<void>;
}

/** Null where nobody is asked who they are. @param onFailure told of what could not be kept in the audit log */
function createControl(
  { access: accounts, api, clock }: Pick<ServerOptions, "access" | "api" | "clock">,
  onFailure: (error: unknown) => void,
): Control | null {
  if (accounts === undefined) return null;
  const { access, close } = withFewDenied(withLiveRuns(accounts, { api, clock }), { clock, onFailure });
  return { access, guard: createGuard({ access, clock }), close };
}
