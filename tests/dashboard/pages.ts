/**
 * The pages of the dashboard, by the paths of its router, and where a test finds one of each. A path of the router that is
 * not here fails a test; one that is here and not in the router is not visited.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, ObjectKind } from "millrace/client";
import { runTabs } from "../../dashboard/src/pages/run/run-search.ts";
import { type SeedName, seededRuns } from "./seeds/seeds.ts";

/** Addresses to visit, from the dashboard's base on; none where the ledger has nothing to show there. */
type Addresses = (api: Client) => Promise<readonly string[]> | readonly string[];

const fixed =
  (...paths: readonly string[]): Addresses =>
  () =>
    paths;

/** The page of the first object of a kind. */
const ofFirst =
  (kind: ObjectKind, toPath: (id: string) => string): Addresses =>
  async (api) =>
    (await api.listObjects(kind, {}, { limit: 1 })).items.map(({ id }) => toPath(id));

/** The page of the first object of a kind that is called by its name. */
const ofFirstName =
  (kind: "work-pool", toPath: (name: string) => string): Addresses =>
  async (api) =>
    (await api.listObjects(kind, {}, { limit: 1 })).items.map(({ name }) => toPath(encodeURIComponent(name)));

/** Runs that are worth a look in whatever ledger it is: those that a spec knows, else the newest that have tasks. */
async function findRuns(api: Client): Promise<readonly string[]> {
  const known = [seededRuns.golden, seededRuns.failed, seededRuns.asks];
  const there = (await api.listFlowRuns({ ids: known }, "created-desc", { limit: 10 })).items;
  if (there.length > 0) return there.map(({ id }) => id);
  const { items } = await api.listTaskRuns({}, { limit: 1 });
  return items.flatMap(({ flowRunId }) => (flowRunId === null ? [] : [flowRunId]));
}

export const pages: Readonly<Record<string, Addresses>> = {
  "/": fixed(""),
  "/runs": fixed("runs", "runs?state=%5B%22failed%22%5D&since=7d", "runs?q=nothing-is-called-so"),
  "/runs/flow-run/$id": async (api) => {
    const ids = await findRuns(api);
    return ids.flatMap((id, index) =>
      // Each tab of one, and the others as they open.
      index === 0 ? runTabs.map((tab) => `runs/flow-run/${id}?tab=${tab}`) : [`runs/flow-run/${id}`],
    );
  },
  "/runs/task-run/$id": async (api) => {
    const failed = await api.listTaskRuns({ stateTypes: ["FAILED"] }, { limit: 1 });
    const cached = await api.listTaskRuns({ where: { field: "stateName", in: ["Cached"] } }, { limit: 1 });
    return [...failed.items, ...cached.items].map(({ id }) => `runs/task-run/${id}`);
  },
  "/compare": async (api) => {
    const { items } = await api.listFlowRuns({ stateTypes: ["COMPLETED"] }, "created-desc", { limit: 2 });
    return items.length < 2 ? [] : [`compare?runs=${items.map(({ id }) => id).join(",")}`];
  },
  "/r/$id": async (api) => (await findRuns(api)).slice(0, 1).map((id) => `r/${id.slice(0, 13)}`),
  "/failures": fixed("failures"),
  "/inbox": fixed("inbox"),
  "/flows": fixed("flows"),
  "/flows/flow/$id": ofFirst("flow", (id) => `flows/flow/${id}`),
  "/deployments": fixed("deployments"),
  "/deployments/deployment/$id": ofFirst("deployment", (id) => `deployments/deployment/${id}`),
  "/deployments/deployment/$id/run": ofFirst("deployment", (id) => `deployments/deployment/${id}/run`),
  "/calendar": fixed("calendar"),
  "/automations": fixed("automations"),
  "/automations/new": fixed("automations/new"),
  "/automations/automation/$id": ofFirst("automation", (id) => `automations/automation/${id}`),
  "/events": fixed("events"),
  "/webhooks": fixed("webhooks"),
  "/webhooks/webhook/$id": ofFirst("webhook", (id) => `webhooks/webhook/${id}`),
  "/artifacts": fixed("artifacts"),
  "/artifacts/artifact/$id": async (api) =>
    (await api.listArtifacts({}, { limit: 8 })).items.map(({ id }) => `artifacts/artifact/${id}`),
  "/artifacts/key/$key": async (api) =>
    (await api.listArtifacts({ where: { field: "key", isNull: false } }, { limit: 2 })).items.map(
      ({ key }) => `artifacts/key/${encodeURIComponent(key ?? "")}`,
    ),
  "/work-pools": fixed("work-pools"),
  "/work-pools/work-pool/$name": ofFirstName("work-pool", (name) => `work-pools/work-pool/${name}`),
  "/work-queues/work-queue/$id": ofFirst("work-queue", (id) => `work-queues/work-queue/${id}`),
  "/limits": fixed("limits"),
  "/limits/limit/$id": ofFirst("concurrency-limit", (id) => `limits/limit/${id}`),
  "/blocks": fixed("blocks"),
  "/blocks/new": fixed("blocks/new"),
  "/blocks/block/$id": ofFirst("block-document", (id) => `blocks/block/${id}`),
  "/variables": fixed("variables"),
  "/secrets": fixed("secrets"),
  "/settings": fixed("settings", "settings?tab=accounts"),
};

/** The pages that are something else over a ledger of these; others are as over any. */
export const pathsOver: Readonly<Partial<Record<SeedName, readonly string[]>>> = {
  "many-runs": ["/", "/runs", "/failures", "/flows", "/flows/flow/$id", "/calendar", "/compare", "/events"],
  "big-run": ["/", "/runs/flow-run/$id", "/runs/task-run/$id", "/failures"],
  "long-log": ["/runs/flow-run/$id"],
};

/** The paths that the router has. */
export function readRouterPaths(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, "../../dashboard/src/router.tsx"), "utf8");
  return [...text.matchAll(/\bpath: "([^"]*)"/g)].map(([, path = ""]) => path);
}
