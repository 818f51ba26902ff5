/** Prefect's API as a whole: its routes, and its WebSockets on the same port. */

import type { FastifyInstance } from "fastify";
import type { Guard } from "../access/guard.ts";
import type { EventFeed } from "../events/event-feed.ts";
import type { ServerFailure } from "../http/server-failure.ts";
import type { ReadAddress } from "../http/client-address.ts";
import type { HostCheck } from "../http/guard-hosts.ts";
import { addPrefectRoutes } from "./add-prefect-routes.ts";
import { prefectHandlers } from "./handlers.ts";
import { tellOnce } from "./mapping/unreadable.ts";
import type { PrefectContext } from "./routes-table-types.ts";
import { eventsIn } from "./sockets/events-in.ts";
import { eventsOut } from "./sockets/events-out.ts";
import { logsOut } from "./sockets/logs-out.ts";
import { addPrefectSockets, type SocketHub, type Upgrades } from "./sockets/socket-hub.ts";
import { taskSubscriptions } from "./sockets/task-subscriptions.ts";
import { createTaskWorkers } from "./sockets/task-workers.ts";
import { workerChannel } from "./sockets/worker-channel.ts";

/** The version of Prefect whose API this is. Its clients want the same major version. */
export const prefectVersion = "3.9.1";

export interface AddPrefectOptions extends Omit<PrefectContext, "version" | "onUnreadable"> {
  readonly upgrades: Upgrades;
  readonly feed: EventFeed;
  /** Null where nobody is asked who they are. */
  readonly guard: Guard | null;
  readonly refuse: HostCheck;
  readonly readAddress: ReadAddress;
  readonly retryAfterS: number;
  readonly checksAnswers: boolean;
  readonly maxSockets: number;
  readonly maxSocketsOfClient: number;
  /** Told of each socket that is refused, and by which limit. */
  readonly onRefused?: (limit: "client" | "server") => void;
  readonly onFailure: (failure: ServerFailure) => void;
}

/** Returns the sockets, which are to be closed before the server is. */
export function addPrefect(app: FastifyInstance, options: AddPrefectOptions): SocketHub {
  const {
    upgrades,
    feed,
    guard,
    refuse,
    readAddress,
    retryAfterS,
    checksAnswers,
    maxSockets,
    maxSocketsOfClient,
    onRefused = () => undefined,
    onFailure,
    ...rest
  } = options;
  const onUnreadable = tellOnce(({ kind, id, error }) => onFailure({ requestId: `${kind} ${id}`, error }));
  const context: PrefectContext = { ...rest, version: prefectVersion, onUnreadable };
  const { api, clock } = context;
  const workers = createTaskWorkers(clock);
  const handlers = prefectHandlers(context, workers);
  addPrefectRoutes(app, { handlers, version: prefectVersion, retryAfterS, checksAnswers, onFailure });
  // What a request has written is told to those who wait for it at once.
  app.addHook("onResponse", async ({ method, url }) => {
    if (method !== "GET" && url.startsWith("/api/")) feed.wake();
  });
  return addPrefectSockets(upgrades, {
    clock,
    refuse,
    readAddress,
    guard,
    maxSockets,
    maxSocketsOfClient,
    onRefused,
    routes: [
      eventsIn({ api, onEvents: () => feed.wake() }),
      eventsOut({ api, clock, feed }),
      logsOut({ api, clock }),
      taskSubscriptions({ api, clock, watch: feed, workers }),
      workerChannel({ api, clock, onFailure: (error) => onFailure({ requestId: "worker channels", error }) }),
    ],
    onFailure: ({ path, error }) => onFailure({ requestId: path, error }),
  });
}
