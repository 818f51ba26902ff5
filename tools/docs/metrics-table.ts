/** The metrics, from the table that they are counted by. */

import { metricTable } from "../../packages/millrace/src/contract/metrics.ts";
import { code, table } from "./markdown.ts";

export function renderMetrics(): string {
  const rows = Object.entries(metricTable).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.length === 0 ? "none" : labels.map(code).join(", "),
    help,
  ]);
  return table(["Metric", "Type", "Labels", "What it says"], rows);
}
