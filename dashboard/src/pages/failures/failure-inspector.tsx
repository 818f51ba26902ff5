import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FailureGroup } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { plural, toCount } from "../../format/number.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Inspector } from "../../ui/inspector.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";
import { RetryGroup } from "./retry-group.tsx";

export function FailureInspector(props: {
  readonly group: FailureGroup;
  readonly since: number;
  readonly onClose: () => void;
}) {
  const { group, since, onClose } = props;
  const [isRetrying, setRetrying] = useState(false);
  const { taskName, flowNames, errorName, errorCode, message, firstAt, lastAt, count, flowRunCount } = group;
  return (
    <Inspector title={errorCode ?? errorName ?? "Failure"} onClose={onClose}>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={() => setRetrying(true)}>
          Retry all of its runs
        </Button>
      </div>
      <Facts
        items={[
          ["Times", `${toCount(count)} in ${plural(flowRunCount, "run")}`],
          ["Task", taskName ?? "none: it is of the flow's own body"],
          [
            "Flows",
            <span key="flows" className="flex flex-wrap gap-x-2">
              {flowNames.map((flow) => (
                <Link key={flow} to="/runs" search={{ flow, state: ["failed", "crashed"] }} className="link break-all">
                  {flow}
                </Link>
              ))}
            </span>,
          ],
          ["First", <When key="first" at={firstAt} />],
          ["Last", <When key="last" at={lastAt} />],
        ]}
      />
      <div className="flex flex-col gap-1">
        <h3 className="font-semibold">The last one says</h3>
        <Code text={message} label="Message of the failure" />
      </div>
      <Panel title="Newest runs">
        <NewestRuns group={group} />
      </Panel>
      {isRetrying ? <RetryGroup group={group} since={since} onClose={() => setRetrying(false)} /> : null}
    </Inspector>
  );
}

function When({ at }: { readonly at: number }) {
  return (
    <>
      <DateTime at={at} /> <Ago at={at} className="text-muted" />
    </>
  );
}

function NewestRuns({ group }: { readonly group: FailureGroup }) {
  const ids = group.newest.map(({ flowRunId }) => flowRunId);
  const query = useQuery({
    queryKey: ["failures", "newest", ids],
    queryFn: async () => (await api.listFlowRunRows({ ids }, "created-desc", { limit: ids.length })).items,
    placeholderData: (before) => before,
  });
  return (
    <Loaded query={query} rows={3}>
      {(runs) => (
        <ul>
          {group.newest.map(({ flowRunId, taskRunId, at }) => {
            const run = runs.find(({ id }) => id === flowRunId);
            return (
              <li key={flowRunId} className="border-b border-line px-3 py-1.5 last:border-0">
                <div className="flex items-center gap-2">
                  <Link
                    to="/runs/flow-run/$id"
                    params={{ id: flowRunId }}
                    search={taskRunId === null ? {} : { task: taskRunId }}
                    className="min-w-0 grow truncate font-medium hover:underline"
                    title={run?.name ?? flowRunId}
                  >
                    {run?.name ?? flowRunId.slice(0, 13)}
                  </Link>
                  {run === undefined ? null : <StateBadge state={run.state} />}
                  <Ago at={at} className="shrink-0 text-small text-muted" />
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Loaded>
  );
}
