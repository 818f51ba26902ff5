/** I1: the row of each run is what its events add up to, state by state. */

import type { State } from "../../../packages/millrace/src/contract/states.ts";
import type { EventRow } from "../rows.ts";
import { type Evidence, short } from "./evidence.ts";

export function eventsFold({ rows }: Pick<Evidence, "rows">): readonly string[] {
  const told = fold(rows.events);
  return [
    ...rows.flowRuns.flatMap(({ id, history }) => compare(`flow run ${short(id)}`, history, told.get(id))),
    ...rows.taskRuns.flatMap(({ id, taskName, history }) =>
      compare(`task run ${short(id)} (${taskName})`, history, told.get(id)),
    ),
  ];
}

function fold(events: readonly EventRow[]): ReadonlyMap<string, readonly string[]> {
  const told = new Map<string, string[]>();
  for (const { flowRunId, taskRunId, states } of events) {
    const id = taskRunId ?? flowRunId;
    if (id === null) continue;
    const known = told.get(id);
    if (known === undefined) told.set(id, [...states]);
    else known.push(...states);
  }
  return told;
}

function compare(run: string, history: readonly State[], told: readonly string[] = []): readonly string[] {
  const names = history.map(({ name }) => name);
  if (names.length === told.length && names.every((name, at) => name === told[at])) return [];
  return [`I1: ${run} has the history ${names.join(" > ")}, and its events tell ${told.join(" > ")}`];
}
