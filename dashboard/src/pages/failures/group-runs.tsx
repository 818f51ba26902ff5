/** All flow runs that have failed in one way, the last failed first, page by page. */

import { Link } from "@tanstack/react-router";
import type { FailedRun, FlowRunRow } from "millrace/client";
import { api, isOffline } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorNote, Waiting } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { type FailuresQuestion, ofFailures } from "./failures-search.ts";

const pageSize = 25;

interface GroupRun extends FailedRun {
  /** Null when it is gone by now. */
  readonly run: FlowRunRow | null;
}

export function GroupRuns({
  fingerprint,
  question,
}: {
  readonly fingerprint: string;
  readonly question: FailuresQuestion;
}) {
  const list = useLivePages({
    key: ["failures", "runs", fingerprint, question],
    read: async (cursor) => {
      const { items, next } = await api.listFailedRuns({ ...question, fingerprint, page: { limit: pageSize, cursor } });
      return { items: await withRuns(items), next };
    },
    concerns: ofFailures,
  });
  if (list.rows === undefined) {
    if (list.error === null || isOffline(list.error)) return <Waiting reason={list.failureReason} rows={5} />;
    return <ErrorNote error={list.error} onRetry={list.refetch} />;
  }
  return (
    <>
      <ul aria-label="Runs of this failure">
        {list.rows.map((each) => (
          <RunItem key={each.flowRunId} {...each} />
        ))}
      </ul>
      {list.hasMore ? (
        <div className="border-t border-line p-1.5">
          <Button kind="quiet" onClick={list.readMore}>
            Show more runs
          </Button>
        </div>
      ) : null}
    </>
  );
}

async function withRuns(failed: readonly FailedRun[]): Promise<readonly GroupRun[]> {
  const ids = failed.map(({ flowRunId }) => flowRunId);
  if (ids.length === 0) return [];
  const { items } = await api.listFlowRunRows({ ids }, "created-desc", { limit: ids.length });
  const runs = new Map(items.map((run) => [run.id, run]));
  return failed.map((each) => ({ ...each, run: runs.get(each.flowRunId) ?? null }));
}

function RunItem({ flowRunId, taskRunId, at, run }: GroupRun) {
  return (
    <li className="flex items-center gap-2 border-b border-line px-3 py-1.5 last:border-0">
      <Link
        to="/runs/flow-run/$id"
        params={{ id: flowRunId }}
        search={taskRunId === null ? {} : { task: taskRunId }}
        className="min-w-0 grow truncate font-medium hover:underline"
        title={run?.name ?? flowRunId}
      >
        {run?.name ?? flowRunId.slice(0, 13)}
      </Link>
      {run === null ? null : <StateBadge state={run.state} />}
      <Ago at={at} className="shrink-0 text-small text-muted" />
    </li>
  );
}
