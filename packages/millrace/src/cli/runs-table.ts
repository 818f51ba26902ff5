/** Flow runs in a table, as they have gone or as they are to come. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { StateType } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import type { CommandContext } from "./command.ts";
import { shortId } from "./output/short-id.ts";
import { stateStyle } from "./output/state-text.ts";
import { type Column, renderTable } from "./output/table.ts";

type TableContext = Pick<CommandContext, "out" | "times" | "clock">;

/** What a run did, or does. */
export function renderRuns(runs: readonly FlowRun[], { out, times, clock }: TableContext): readonly string[] {
  const columns: readonly Column<FlowRun>[] = [
    ...nameColumns(out),
    { title: "STARTED", cell: ({ startedAt }) => (startedAt === null ? "" : times.short(startedAt)) },
    { title: "TOOK", cell: (run) => took(run, clock.now()), align: "right" },
  ];
  return renderTable(runs, columns, { width: out.width, look: out.look });
}

/** When a run is due. */
export function renderDueRuns(runs: readonly FlowRun[], { out, times }: TableContext): readonly string[] {
  const columns: readonly Column<FlowRun>[] = [
    { title: "DUE", cell: ({ dueAt, expectedAt }) => times.short(dueAt ?? expectedAt) },
    ...nameColumns(out),
  ];
  return renderTable(runs, columns, { width: out.width, look: out.look });
}

function nameColumns({ look }: TableContext["out"]): readonly Column<FlowRun>[] {
  return [
    { title: "ID", cell: ({ id }) => shortId(id) },
    { title: "FLOW", cell: ({ flowName }) => flowName, shrinksTo: 12 },
    { title: "NAME", cell: ({ name }) => name, shrinksTo: 10 },
    {
      title: "STATE",
      cell: ({ state }) => `${look.glyphs.states[state.type]} ${state.name}`,
      style: ({ state }) => stateStyle(state.type, look.paint),
      shrinksTo: 12,
    },
  ];
}

const stillRunning: ReadonlySet<StateType> = new Set<StateType>(["RUNNING", "CANCELLING", "PAUSED"]);

function took({ startedAt, endedAt, state }: FlowRun, now: number): string {
  if (startedAt === null) return "";
  const end = endedAt ?? (stillRunning.has(state.type) ? now : null);
  return end === null ? "" : formatDuration(Math.max(0, end - startedAt));
}
