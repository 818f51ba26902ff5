/** Where each thing has its page: the same addresses that the command line and Prefect's client print. */

import type { IdKind } from "millrace/client";

const pages: Partial<Record<IdKind, (id: string) => string>> = {
  "flow-run": (id) => `/runs/flow-run/${id}`,
  "task-run": (id) => `/runs/task-run/${id}`,
  flow: (id) => `/flows/flow/${id}`,
  deployment: (id) => `/deployments/deployment/${id}`,
  "work-pool": (id) => `/work-pools/work-pool/${id}`,
  "work-queue": (id) => `/work-queues/work-queue/${id}`,
  "block-document": (id) => `/blocks/block/${id}`,
  artifact: (id) => `/artifacts/artifact/${id}`,
  automation: (id) => `/automations/automation/${id}`,
  "concurrency-limit": (id) => `/limits/limit/${id}`,
  webhook: (id) => `/webhooks/webhook/${id}`,
};

export const hasOwnPage = (kind: IdKind): boolean => kind in pages;

/** What has no page of its own is looked for by its id: `find-by-id.ts` knows where it is shown. */
export function toPath(kind: IdKind, id: string): string {
  const known = encodeURIComponent(id);
  return pages[kind]?.(known) ?? `/r/${known}`;
}
