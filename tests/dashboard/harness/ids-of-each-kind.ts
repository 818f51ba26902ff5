/** An id of each kind of thing that a ledger has, as far as it has any. */

import type { Client } from "millrace/client";

const objectKinds = [
  "flow",
  "deployment",
  "deployment-version",
  "schedule",
  "work-pool",
  "work-queue",
  "worker",
  "block-type",
  "block-schema",
  "block-document",
  "concurrency-limit",
  "automation",
  "automation-firing",
  "variable",
  "webhook",
  "saved-search",
] as const;

export async function idsOfEachKind(api: Client): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const note = (kind: string, items: readonly { readonly id: string }[]): void => {
    const [first] = items;
    if (first !== undefined) found.set(kind, first.id);
  };
  const page = { limit: 1 };
  for (const kind of objectKinds) note(kind, (await api.listObjects(kind, {}, page)).items);
  note("flow-run", (await api.listFlowRunRows({}, "created-desc", page)).items);
  note("task-run", (await api.listTaskRuns({}, page)).items);
  note("artifact", (await api.listArtifactRows({}, page)).items);
  note("event", (await api.listEvents({}, page)).items);
  return found;
}
