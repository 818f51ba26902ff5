/**
 * What the page of a run begins with. It is asked for as soon as its address is known, while the page's code is still being loaded:
 * code, run and log come beside each other, and not one after the other.
 */

import type { FlowRun } from "millrace/client";
import { api } from "../../api/api.ts";
import { queries } from "../../api/queries.ts";
import { whoIsIn } from "../../api/session.ts";
import { wholeId } from "../../format/whole-id.ts";
import type { RunSearch } from "./run-search.ts";
import { runTabs } from "./run-tabs.tsx";

export const runQuery = (id: string) => ({ key: ["flow-run", id] as const, read: () => readRun(id) });

async function readRun(id: string): Promise<FlowRun> {
  const run = await api.readFlowRun(id);
  if (run !== null) return run;
  // Perhaps it is the start of an id.
  const found = await api.resolveId(id, "flow-run");
  const whole = await api.readFlowRun(found.id);
  if (whole === null) throw new Error(`There is no flow run ${id}.`);
  return whole;
}

/** @param isLikely somebody points at a link to it, and may not go there: nothing but the code is loaded */
export function readRunAhead(id: string, search: RunSearch, { isLikely }: { readonly isLikely: boolean }): void {
  // Whatever fails is asked for again by the page, which tells why it failed.
  const tell = (): void => undefined;
  const { tab = "timeline" } = search;
  // Without knowing who somebody is nothing is asked.
  const mayAsk = !isLikely && whoIsIn() !== null;
  const { key, read } = runQuery(id);
  if (mayAsk) void queries.prefetchQuery({ queryKey: key, queryFn: read });
  if (tab === "timeline") return;
  void runTabs[tab].load().catch(tell);
  if (tab !== "logs" || !mayAsk || !wholeId.test(id)) return;
  void import("./logs/logs-tab.tsx").then(({ readLogAhead }) => readLogAhead(queries, id, search), tell);
}
