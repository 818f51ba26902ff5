/** Where the dashboard shows what there is, under the server's address. */

const pages = {
  "flow-run": (id: string) => `runs/flow-run/${id}`,
  "task-run": (id: string) => `runs/task-run/${id}`,
  flow: (id: string) => `flows/flow/${id}`,
  deployment: (id: string) => `deployments/deployment/${id}`,
  "work-pool": (name: string) => `work-pools/work-pool/${encodeURIComponent(name)}`,
  "work-queue": (id: string) => `work-queues/work-queue/${id}`,
  "block-document": (id: string) => `blocks/block/${id}`,
  artifact: (id: string) => `artifacts/artifact/${id}`,
  "concurrency-limit": (id: string) => `limits/limit/${id}`,
  /** Variables share a page, which is narrowed to the name. */
  variable: (name: string) => `variables?q=${encodeURIComponent(toSearchWord(name))}`,
  automation: (id: string) => `automations/automation/${id}`,
} as const;

/** The lists of the same, and what else has a page of its own. */
const lists = {
  "flow-run": "runs",
  flow: "flows",
  deployment: "deployments",
  "work-pool": "work-pools",
  block: "blocks",
  artifact: "artifacts",
  limit: "limits",
  variable: "variables",
  secret: "secrets",
  automation: "automations",
  event: "events",
  inbox: "inbox",
} as const;

export type PageKind = keyof typeof pages;
export type ListKind = keyof typeof lists;

/** @param page.id the object's id, or the name of a work pool or a variable */
export function pageUrl(serverUrl: string, { kind, id }: { readonly kind: PageKind; readonly id: string }): string {
  return `${serverUrl.replace(/\/$/, "")}/${pages[kind](id)}`;
}

export function listUrl(serverUrl: string, kind: ListKind): string {
  return `${serverUrl.replace(/\/$/, "")}/${lists[kind]}`;
}

/** The dashboard reads what looks like JSON as JSON. */
function toSearchWord(text: string): string {
  return /^(?:true|false|null|-?\d.*)$/.test(text) ? JSON.stringify(text) : text;
}
