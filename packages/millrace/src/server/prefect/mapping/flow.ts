import type { Flow } from "../../../contract/objects.ts";
import type { Flow as PrefectFlow } from "../schemas/flows.ts";
import { toPrefectTime } from "../times.ts";
import { toPrefectLabelValues } from "./label-values.ts";

export function toPrefectFlow(flow: Flow): PrefectFlow {
  return {
    id: flow.id,
    created: toPrefectTime(flow.createdAt),
    updated: toPrefectTime(flow.updatedAt),
    name: flow.name,
    tags: [...flow.tags],
    labels: toPrefectLabelValues(flow.labels),
  };
}
