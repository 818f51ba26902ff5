import type { FlowRun } from "millrace/client";
import { useMemo } from "react";
import { ofFlowRun } from "../../../api/queries.ts";
import { EventFeed } from "./event-feed.tsx";
import { TransitionTable } from "./transition-table.tsx";

/** The states that a run has had, and what has happened in it. */
export function HistoryTab({ run }: { readonly run: FlowRun }) {
  const filter = useMemo(() => ({ flowRunIds: [run.id] }), [run.id]);
  return (
    <div className="flex min-h-0 grow basis-0 flex-col overflow-auto">
      <section
        aria-label="States"
        tabIndex={0}
        className="max-h-[50%] min-h-32 shrink-0 overflow-auto -outline-offset-2"
      >
        <TransitionTable history={run.history} />
      </section>
      <section aria-label="Events" className="flex min-h-64 grow flex-col border-t border-line">
        <h2 className="px-4 pt-2 font-semibold">Events</h2>
        <EventFeed filter={filter} concerns={ofFlowRun(run.id)} />
      </section>
    </div>
  );
}
