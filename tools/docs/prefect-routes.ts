/** The operations of Prefect's API and whether they are served, from the table that the server works by. */

import { prefectHandlers } from "../../packages/millrace/src/server/prefect/handlers.ts";
import { prefectRouteNames, prefectSockets, routeOf } from "../../packages/millrace/src/server/prefect/routes-table.ts";
import type { PrefectContext } from "../../packages/millrace/src/server/prefect/routes-table-types.ts";
import { code, table } from "./markdown.ts";

/** Handlers are only named here, never asked. */
const served = new Set(Object.keys(prefectHandlers({ version: "" } as PrefectContext)));

const operations = prefectRouteNames.map((name) => {
  const { verb, path, tag, summary, refused } = routeOf(name);
  const status = refused !== undefined ? `refused: ${refused}` : served.has(name) ? "served" : "missing";
  return { tag, summary, status, operation: `${verb} ${path.replaceAll(/:(\w+)/g, "{$1}")}` };
});

export function renderPrefectCounts(): string {
  const count = (isMeant: (status: string) => boolean) => operations.filter(({ status }) => isMeant(status)).length;
  const counts = [
    `${count((status) => status === "served")} are served`,
    `${count((status) => status.startsWith("refused"))} are refused`,
    `${count((status) => status === "missing")} are missing`,
  ];
  return `Of ${operations.length} operations ${counts.join(", ")}.`;
}

/** A table for each group, as Prefect's own documentation has them. */
export function renderPrefectRoutes(): string {
  const groups = Map.groupBy(operations, ({ tag }) => tag);
  return Array.from(groups, ([tag, each]) => {
    const rows = each.map(({ operation, summary, status }) => [code(operation), summary, status]);
    return `## ${tag}\n\n${table(["Operation", "What it does", "Status"], rows)}`;
  }).join("\n\n");
}

export function renderPrefectSockets(): string {
  const rows = prefectSockets.map(({ path, summary, status, reason }) => [
    code(path.replaceAll(/:(\w+)/g, "{$1}")),
    summary,
    reason === undefined ? status : `${status}: ${reason}`,
  ]);
  return table(["WebSocket", "What goes over it", "Status"], rows);
}
