import { Link } from "@tanstack/react-router";
import type { TaskRun } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { CopyButton } from "../../ui/copy.tsx";

/** Those shown; a task that takes the results of a map may have thousands. */
const maxShown = 50;

/** What a task run was called with, and which task runs that came from. */
export function Inputs({ run }: { readonly run: TaskRun }) {
  const shown = run.inputs.slice(0, maxShown);
  const ids = shown.map(({ taskRunId }) => taskRunId);
  const query = useLive({
    key: ["task-run", run.id, "inputs", ids.length],
    read: async () =>
      new Map((await api.listTaskRuns({ ids }, { limit: maxShown })).items.map((from) => [from.id, from])),
    isEnabled: ids.length > 0,
  });
  return (
    <div className="flex flex-col gap-2 p-3">
      {run.inputPreview === null ? null : (
        <div className="flex items-start gap-1">
          <code className="max-h-40 min-w-0 grow overflow-auto rounded-control bg-panel px-2 py-1 font-mono text-small whitespace-pre-wrap [overflow-wrap:anywhere]">
            {run.inputPreview}
          </code>
          <CopyButton text={run.inputPreview} label="Copy the preview" />
        </div>
      )}
      {run.inputs.length === 0 ? (
        <p className="text-muted">Nothing of it came from another task run.</p>
      ) : (
        <ul>
          {shown.map(({ parameter, taskRunId }, at) => {
            const from = query.data?.get(taskRunId);
            return (
              <li key={at} className="flex h-7 items-center gap-3">
                <span className="w-32 shrink-0 truncate text-muted max-sm:w-16" title={parameter}>
                  <bdi>{parameter}</bdi>
                </span>
                <Link
                  to="/runs/task-run/$id"
                  params={{ id: taskRunId }}
                  search={{}}
                  className="link min-w-0 truncate"
                  title={from?.name}
                >
                  <bdi>{from?.name ?? taskRunId.slice(0, 13)}</bdi>
                </Link>
                {from === undefined ? null : <StateBadge state={from.state} />}
              </li>
            );
          })}
        </ul>
      )}
      {run.inputs.length > maxShown ? (
        <p className="text-muted">And {toCount(run.inputs.length - maxShown)} more.</p>
      ) : null}
    </div>
  );
}
