/** The addresses of all pages. What a page shows (filters, selection, tab, zoom) is in its search parameters. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { baseUrl } from "./api/api.ts";
import { Gate } from "./app/gate.tsx";
import { ownSearch } from "./app/own-search.ts";
import { NotFound, PageFailed } from "./app/page-failed.tsx";
import { readArtifactsSearch, readKeySearch } from "./pages/artifacts/artifacts-search.ts";
import {
  readAutomationSearch,
  readAutomationsSearch,
  readNewAutomationSearch,
} from "./pages/automations/automations-search.ts";
import { readBlocksSearch } from "./pages/blocks/blocks-search.ts";
import { readCalendarSearch } from "./pages/calendar/calendar-search.ts";
import { readCompareSearch } from "./pages/compare/compare-search.ts";
import { readDeploymentSearch } from "./pages/deployments/deployment-search.ts";
import { readDeploymentsSearch } from "./pages/deployments/deployments-search.ts";
import { readEventsSearch } from "./pages/events/events-search.ts";
import { readFailuresSearch } from "./pages/failures/failures-search.ts";
import { readFlowSearch, readFlowsSearch } from "./pages/flows/flows-search.ts";
import { readInboxSearch } from "./pages/inbox/inbox-search.ts";
import { readLimitsSearch } from "./pages/limits/limits-search.ts";
import { readRunAhead } from "./pages/run/read-run-ahead.ts";
import { readRunSearch } from "./pages/run/run-search.ts";
import { readRunsSearch } from "./pages/runs/runs-search.ts";
import { readSecretsSearch } from "./pages/secrets/secrets-search.ts";
import { readSettingsSearch } from "./pages/settings/settings-search.ts";
import { readTaskRunSearch } from "./pages/task-run/task-run-search.ts";
import { readVariablesSearch } from "./pages/variables/variables-search.ts";
import { readWebhooksSearch } from "./pages/webhooks/webhooks-search.ts";
import { readPoolSearch, readPoolsSearch } from "./pages/work-pools/pool-search.ts";

const root = createRootRoute({ component: Gate });

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview/overview-page.tsx"), "OverviewPage"),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: ownSearch(readRunsSearch),
  component: lazyRouteComponent(() => import("./pages/runs/runs-page.tsx"), "RunsPage"),
});
const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/flow-run/$id",
  validateSearch: ownSearch(readRunSearch),
  loader: ({ params, location, preload }) =>
    readRunAhead(params.id, readRunSearch(location.search), { isLikely: preload }),
  component: lazyRouteComponent(() => import("./pages/run/run-page.tsx"), "RunPage"),
});
const taskRun = createRoute({
  getParentRoute: () => root,
  path: "/runs/task-run/$id",
  validateSearch: ownSearch(readTaskRunSearch),
  component: lazyRouteComponent(() => import("./pages/task-run/task-run-page.tsx"), "TaskRunPage"),
});
const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: ownSearch(readInboxSearch),
  component: lazyRouteComponent(() => import("./pages/inbox/inbox-page.tsx"), "InboxPage"),
});
const artifacts = createRoute({
  getParentRoute: () => root,
  path: "/artifacts",
  validateSearch: ownSearch(readArtifactsSearch),
  component: lazyRouteComponent(() => import("./pages/artifacts/artifacts-page.tsx"), "ArtifactsPage"),
});
const artifact = createRoute({
  getParentRoute: () => root,
  path: "/artifacts/artifact/$id",
  component: lazyRouteComponent(() => import("./pages/artifacts/artifact-page.tsx"), "ArtifactPage"),
});
const artifactKey = createRoute({
  getParentRoute: () => root,
  path: "/artifacts/key/$key",
  validateSearch: ownSearch(readKeySearch),
  component: lazyRouteComponent(() => import("./pages/artifacts/key-page.tsx"), "KeyPage"),
});
const flows = createRoute({
  getParentRoute: () => root,
  path: "/flows",
  validateSearch: ownSearch(readFlowsSearch),
  component: lazyRouteComponent(() => import("./pages/flows/flows-page.tsx"), "FlowsPage"),
});
const flow = createRoute({
  getParentRoute: () => root,
  path: "/flows/flow/$id",
  validateSearch: ownSearch(readFlowSearch),
  component: lazyRouteComponent(() => import("./pages/flows/flow-page.tsx"), "FlowPage"),
});
const deployments = createRoute({
  getParentRoute: () => root,
  path: "/deployments",
  validateSearch: ownSearch(readDeploymentsSearch),
  component: lazyRouteComponent(() => import("./pages/deployments/deployments-page.tsx"), "DeploymentsPage"),
});
const deployment = createRoute({
  getParentRoute: () => root,
  path: "/deployments/deployment/$id",
  validateSearch: ownSearch(readDeploymentSearch),
  component: lazyRouteComponent(() => import("./pages/deployments/deployment-page.tsx"), "DeploymentPage"),
});
const calendar = createRoute({
  getParentRoute: () => root,
  path: "/calendar",
  validateSearch: ownSearch(readCalendarSearch),
  component: lazyRouteComponent(() => import("./pages/calendar/calendar-page.tsx"), "CalendarPage"),
});
const compare = createRoute({
  getParentRoute: () => root,
  path: "/compare",
  validateSearch: ownSearch(readCompareSearch),
  component: lazyRouteComponent(() => import("./pages/compare/compare-page.tsx"), "ComparePage"),
});
const runForm = createRoute({
  getParentRoute: () => root,
  path: "/deployments/deployment/$id/run",
  component: lazyRouteComponent(() => import("./pages/deployments/run-form-page.tsx"), "RunFormPage"),
});
const workPools = createRoute({
  getParentRoute: () => root,
  path: "/work-pools",
  validateSearch: ownSearch(readPoolsSearch),
  component: lazyRouteComponent(() => import("./pages/work-pools/work-pools-page.tsx"), "WorkPoolsPage"),
});
const workPool = createRoute({
  getParentRoute: () => root,
  path: "/work-pools/work-pool/$name",
  validateSearch: ownSearch(readPoolSearch),
  component: lazyRouteComponent(() => import("./pages/work-pools/pool-page.tsx"), "PoolPage"),
});
const workQueue = createRoute({
  getParentRoute: () => root,
  path: "/work-queues/work-queue/$id",
  component: lazyRouteComponent(() => import("./pages/work-pools/queue-link.tsx"), "QueueLink"),
});
const limits = createRoute({
  getParentRoute: () => root,
  path: "/limits",
  validateSearch: ownSearch(readLimitsSearch),
  component: lazyRouteComponent(() => import("./pages/limits/limits-page.tsx"), "LimitsPage"),
});
const limit = createRoute({
  getParentRoute: () => root,
  path: "/limits/limit/$id",
  component: lazyRouteComponent(() => import("./pages/limits/limit-link.tsx"), "LimitLink"),
});
const blocks = createRoute({
  getParentRoute: () => root,
  path: "/blocks",
  validateSearch: ownSearch(readBlocksSearch),
  component: lazyRouteComponent(() => import("./pages/blocks/blocks-page.tsx"), "BlocksPage"),
});
const block = createRoute({
  getParentRoute: () => root,
  path: "/blocks/block/$id",
  component: lazyRouteComponent(() => import("./pages/blocks/block-page.tsx"), "BlockPage"),
});
const variables = createRoute({
  getParentRoute: () => root,
  path: "/variables",
  validateSearch: ownSearch(readVariablesSearch),
  component: lazyRouteComponent(() => import("./pages/variables/variables-page.tsx"), "VariablesPage"),
});
const secrets = createRoute({
  getParentRoute: () => root,
  path: "/secrets",
  validateSearch: ownSearch(readSecretsSearch),
  component: lazyRouteComponent(() => import("./pages/secrets/secrets-page.tsx"), "SecretsPage"),
});
const events = createRoute({
  getParentRoute: () => root,
  path: "/events",
  validateSearch: ownSearch(readEventsSearch),
  component: lazyRouteComponent(() => import("./pages/events/events-page.tsx"), "EventsPage"),
});
const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/webhooks",
  validateSearch: ownSearch(readWebhooksSearch),
  component: lazyRouteComponent(() => import("./pages/webhooks/webhooks-page.tsx"), "WebhooksPage"),
});
const webhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/webhook/$id",
  component: lazyRouteComponent(() => import("./pages/webhooks/webhook-link.tsx"), "WebhookLink"),
});
const automations = createRoute({
  getParentRoute: () => root,
  path: "/automations",
  validateSearch: ownSearch(readAutomationsSearch),
  component: lazyRouteComponent(() => import("./pages/automations/automations-page.tsx"), "AutomationsPage"),
});
const newAutomation = createRoute({
  getParentRoute: () => root,
  path: "/automations/new",
  validateSearch: ownSearch(readNewAutomationSearch),
  component: lazyRouteComponent(() => import("./pages/automations/new-automation-page.tsx"), "NewAutomationPage"),
});
const automation = createRoute({
  getParentRoute: () => root,
  path: "/automations/automation/$id",
  validateSearch: ownSearch(readAutomationSearch),
  component: lazyRouteComponent(() => import("./pages/automations/automation-page.tsx"), "AutomationPage"),
});
const failures = createRoute({
  getParentRoute: () => root,
  path: "/failures",
  validateSearch: ownSearch(readFailuresSearch),
  component: lazyRouteComponent(() => import("./pages/failures/failures-page.tsx"), "FailuresPage"),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: ownSearch(readSettingsSearch),
  component: lazyRouteComponent(() => import("./pages/settings/settings-page.tsx"), "SettingsPage"),
});
/** Short: whatever the start of an id leads to. */
const shortLink = createRoute({
  getParentRoute: () => root,
  path: "/r/$id",
  component: lazyRouteComponent(() => import("./pages/short-link.tsx"), "ShortLink"),
});

export const router = createRouter({
  routeTree: root.addChildren({
    overview,
    runs,
    run,
    taskRun,
    inbox,
    artifacts,
    artifact,
    artifactKey,
    flows,
    flow,
    deployments,
    deployment,
    calendar,
    compare,
    runForm,
    workPools,
    workPool,
    workQueue,
    limits,
    limit,
    blocks,
    block,
    variables,
    secrets,
    events,
    webhooks,
    webhook,
    automations,
    newAutomation,
    automation,
    failures,
    settings,
    shortLink,
  }),
  basepath: new URL(baseUrl).pathname,
  defaultPreload: "intent",
  // Pointing at a link loads code; what its page shows is asked for when it is followed.
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
