import type { Labels } from "../../../contract/objects.ts";

type PrefectLabels = Record<string, string | number | boolean>;

/** Labels that people attach. Prefect's are never null. */
export function toPrefectLabelValues(labels: Labels | undefined): PrefectLabels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter((entry) => entry[1] !== null)) as PrefectLabels;
}
