/** Columns of a few task runs, written down row by row. */

import type { StateType } from "millrace/client";
import { type Columns, toColumns } from "./columns.ts";

export interface RowForTests {
  readonly id: string;
  /** Default: the id. */
  readonly task?: string;
  readonly from: number;
  /** Default: it has not ended. */
  readonly to?: number;
  /** Default: completed, or running where it has not ended. */
  readonly state?: StateType;
  /** The id of the task run in whose body it was called. */
  readonly parent?: string;
  readonly childFlowRunId?: string;
}

export function columnsOf(rows: readonly RowForTests[], flowRunId = "run"): Columns {
  const taskNames = [...new Set(rows.map(({ id, task }) => task ?? id))];
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const types = rows.map(({ state, to }) => state ?? (to === undefined ? "RUNNING" : "COMPLETED"));
  const columns = toColumns({
    flowRunId,
    readAt: 0,
    eventSeq: 0,
    total: rows.length,
    count: rows.length,
    firstAt: null,
    lastAt: null,
    taskNames,
    density: null,
    rows: {
      ids: rows.map(({ id }) => id),
      names: rows.map(({ id }) => id),
      tasks: rows.map(({ id, task }) => taskNames.indexOf(task ?? id)),
      parents: rows.map(({ parent }) => places.get(parent ?? "") ?? null),
      childFlowRunIds: rows.map(({ childFlowRunId }) => childFlowRunId ?? null),
      stateTypes: types,
      stateNames: types,
      starts: rows.map(({ from }) => from),
      ends: rows.map(({ to }) => to ?? null),
      waits: rows.map(() => 0),
      interrupted: [],
      turns: [],
    },
  });
  if (columns === null) throw new Error("There are rows.");
  return columns;
}
