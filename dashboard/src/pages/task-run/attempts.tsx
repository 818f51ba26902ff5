import { Link } from "@tanstack/react-router";
import type { TaskRun } from "millrace/client";
import { toDuration } from "../../format/time.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { DateTime, Took } from "../../ui/when.tsx";
import { type Attempt, toAttempts } from "../run/history/transitions.ts";

/** The attempts of a task run side by side, with how long was waited between them; where there is no room for that, one below the other. */
export function Attempts({ run }: { readonly run: TaskRun }) {
  const attempts = toAttempts(run.history);
  return (
    <ol
      aria-label="Attempts"
      tabIndex={0}
      className="flex items-stretch gap-2 overflow-auto p-3 max-sm:max-h-96 max-sm:flex-col"
    >
      {attempts.map((attempt) => (
        <li key={attempt.number} className="flex shrink-0 items-center gap-2 max-sm:flex-col max-sm:items-stretch">
          {attempt.delayMs === null ? null : (
            <span className="text-center text-small text-muted">
              waited
              <br className="max-sm:hidden" /> {toDuration(attempt.delayMs)}
            </span>
          )}
          <OneAttempt runId={run.id} attempt={attempt} />
        </li>
      ))}
    </ol>
  );
}

function OneAttempt({ runId, attempt }: { readonly runId: string; readonly attempt: Attempt }) {
  const { number, startedAt, endedAt, outcome } = attempt;
  // What is tried again has failed.
  const shown =
    outcome === null
      ? ({ type: "RUNNING", name: "Running" } as const)
      : outcome.type === "SCHEDULED"
        ? ({ type: "FAILED", name: "Failed" } as const)
        : outcome;
  return (
    <div className="flex h-full w-60 flex-col max-sm:h-auto max-sm:w-full gap-1 rounded-panel border border-line p-2">
      <div className="flex items-center justify-between gap-2">
        <span className="font-semibold">Attempt {number}</span>
        <StateBadge state={shown} />
      </div>
      <div className="text-small text-muted">
        <DateTime at={startedAt} /> · <Took from={startedAt} to={endedAt} />
      </div>
      {outcome?.message === undefined ? null : (
        <p className="line-clamp-3 [overflow-wrap:anywhere]" title={outcome.message}>
          <bdi>{outcome.message}</bdi>
        </p>
      )}
      <Link
        to="/runs/task-run/$id"
        params={{ id: runId }}
        search={{ tab: "logs", attempt: number }}
        className="link mt-auto self-start"
      >
        Logs of this attempt
      </Link>
    </div>
  );
}
