/** The metrics, from the tables that they are counted by. */

import { metricTable, workerMetricTable } from "../../packages/millrace/src/contract/metrics.ts";
import { code, table } from "./markdown.ts";

/** @param of "worker": those of a worker that a server does not have; else those of a server */
export function renderMetrics(of: string): string {
  const told = Object.entries(of === "worker" ? workerMetricTable : metricTable);
  const wanted = told.filter(([name]) => of !== "worker" || !(name in metricTable));
  const rows = wanted.map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.length === 0 ? "none" : labels.map(code).join(", "),
    help,
  ]);
  return table(["Metric", "Type", "Labels", "What it says"], rows);
}
