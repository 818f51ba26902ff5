/**
 * Every operation of Prefect's REST API, by the name of its handler. Validation, the OpenAPI document, the types of the
 * handlers and the page of routes come from this one table. Paths are below /api.
 */

import { adminRoutes } from "./routes-table/admin.ts";
import { artifactRoutes } from "./routes-table/artifacts.ts";
import { automationRoutes } from "./routes-table/automations.ts";
import { blockRoutes } from "./routes-table/blocks.ts";
import { concurrencyLimitRoutes } from "./routes-table/concurrency-limits.ts";
import { concurrencyLimitV2Routes } from "./routes-table/concurrency-limits-v2.ts";
import { deploymentRoutes } from "./routes-table/deployments.ts";
import { eventRoutes } from "./routes-table/events.ts";
import { flowRoutes } from "./routes-table/flows.ts";
import { flowRunRoutes } from "./routes-table/flow-runs.ts";
import { logRoutes } from "./routes-table/logs.ts";
import { savedSearchRoutes } from "./routes-table/saved-searches.ts";
import { stateRoutes } from "./routes-table/states.ts";
import { taskRunRoutes } from "./routes-table/task-runs.ts";
import { uiRoutes } from "./routes-table/ui.ts";
import { variableRoutes } from "./routes-table/variables.ts";
import { workPoolRoutes } from "./routes-table/work-pools.ts";
import { workQueueRoutes } from "./routes-table/work-queues.ts";
import type { PrefectRoute, PrefectRouteName } from "./routes-table-types.ts";

export const prefectRoutes = {
  ...adminRoutes,
  ...flowRoutes,
  ...flowRunRoutes,
  ...taskRunRoutes,
  ...stateRoutes,
  ...deploymentRoutes,
  ...workPoolRoutes,
  ...workQueueRoutes,
  ...blockRoutes,
  ...variableRoutes,
  ...artifactRoutes,
  ...logRoutes,
  ...eventRoutes,
  ...automationRoutes,
  ...concurrencyLimitRoutes,
  ...concurrencyLimitV2Routes,
  ...savedSearchRoutes,
  ...uiRoutes,
} as const;

export type PrefectRoutes = typeof prefectRoutes;

export const prefectRouteNames = Object.keys(prefectRoutes) as readonly PrefectRouteName[];

/** A route as what all of them have in common. */
export function routeOf(name: PrefectRouteName): PrefectRoute {
  return prefectRoutes[name];
}

interface PrefectSocket {
  readonly path: string;
  readonly summary: string;
  readonly status: "served" | "refused" | "missing";
  /** Why it is refused. */
  readonly reason?: string;
}

/** What is spoken over WebSockets instead, below /api too. */
export const prefectSockets: readonly PrefectSocket[] = [
  { path: "/events/in", summary: "Events from clients; task runs are recorded from them", status: "served" },
  { path: "/events/out", summary: "Events as they come, to those who ask by a filter", status: "served" },
  { path: "/logs/out", summary: "Lines of logs as they come, to those who ask by a filter", status: "served" },
  { path: "/task_runs/subscriptions/scheduled", summary: "Background tasks to those who run them", status: "served" },
  {
    path: "/work_pools/:name/workers/connect",
    summary: "Heartbeats of a worker, its pool as it changes, and what it is to tear down",
    status: "served",
  },
];
