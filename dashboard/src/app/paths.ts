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
  variable: () => "/variables",
  "concurrency-limit": (id) => `/limits/limit/${id}`,
};

export function toPath(kind: IdKind, id: string): string {
  return pages[kind]?.(encodeURIComponent(id)) ?? "/";
}
