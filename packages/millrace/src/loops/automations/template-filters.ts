/** Filters of templates that lead to the pages of what they are about, as Prefect's templates have them. */

import type { Filter } from "../../kit/safe-template.ts";

/** Where a page is, by the kind of what it shows. */
const pages: Readonly<Record<string, (id: string) => string>> = {
  "flow-run": (id) => `runs/flow-run/${id}`,
  "task-run": (id) => `runs/task-run/${id}`,
  flow: (id) => `flows/flow/${id}`,
  deployment: (id) => `deployments/deployment/${id}`,
  "work-pool": (id) => `work-pools/work-pool/${id}`,
  "work-queue": (id) => `work-queues/work-queue/${id}`,
  "concurrency-limit": (id) => `concurrency-limits/concurrency-limit/${id}`,
  "block-document": (id) => `blocks/block/${id}`,
  automation: (id) => `automations/automation/${id}`,
};

const runPage = /flow-run\/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})/;

/** @param uiUrl where the dashboard is; null: nobody knows, and nothing leads there */
export function createTemplateFilters(uiUrl: string | null): Readonly<Record<string, Filter>> {
  const base = uiUrl?.replace(/\/$/, "");
  return {
    ui_url(value) {
      const shown = toShown(value);
      const page = shown !== null && Object.hasOwn(pages, shown.kind) ? pages[shown.kind] : undefined;
      return base === undefined || shown === null || page === undefined ? null : `${base}/${page(shown.id)}`;
    },
    ui_resource_events_url(value) {
      const shown = toShown(value);
      if (base === undefined || shown === null) return null;
      return `${base}/events?resource=prefect.${shown.kind}.${shown.id}`;
    },
    /** The id of a flow run whose page a text leads to. */
    flow_run_id: (value) => (typeof value === "string" ? (runPage.exec(value)?.[1] ?? null) : null),
  };
}

/** What a value stands for: an object with its kind, or a resource whose id says the kind. */
function toShown(value: unknown): { readonly kind: string; readonly id: string } | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, kind, name } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string") return null;
  // A page of a pool is found by its name.
  if (typeof kind === "string") return { kind, id: kind === "work-pool" && typeof name === "string" ? name : id };
  const [, ofResource, idOfResource] = /^(?:prefect|millrace)\.([\w-]+)\.(.+)$/.exec(id) ?? [];
  return ofResource === undefined || idOfResource === undefined ? null : { kind: ofResource, id: idOfResource };
}
