import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { type FlowRun, isOnline, type Worker } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { readNow } from "../../format/now.ts";
import { toDuration } from "../../format/time.ts";
import { toCommand } from "../../format/shell.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import { HealthBadge } from "./health-badge.tsx";
import type { PoolFacts } from "./pool-facts.ts";

const maxCurrent = 50;

export function PoolWorkers({ facts }: { readonly facts: PoolFacts }) {
  const { pool, workers } = facts;
  const [leaving, setLeaving] = useState<Worker | null>(null);
  const start = <Command text={toCommand("worker", "start", "--pool", pool.name)} />;
  if (workers.length === 0) {
    return (
      <Empty title="No worker has been heard of for a day">
        <p className="mb-2">Start one where its runs are to be executed:</p>
        {start}
      </Empty>
    );
  }
  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex min-h-48 grow flex-col">
        <Table
          label="Workers"
          columns={[
            ...columns,
            {
              id: "remove",
              title: "Remove",
              width: "32px",
              head: <span className="sr-only">Remove</span>,
              cell: (worker) => (
                <IconButton
                  label={`Forget the worker ${worker.name}`}
                  needs={["deleteObject", "worker"]}
                  onClick={() => setLeaving(worker)}
                >
                  <Trash2 size={14} />
                </IconButton>
              ),
            },
          ]}
          rows={workers}
          keyOf={({ id }) => id}
        />
      </div>
      <div className="flex flex-col gap-3 overflow-auto border-t border-line p-4">
        <CurrentRuns facts={facts} />
        <div className="flex flex-wrap items-center gap-2 text-muted">Another worker: {start}</div>
      </div>
      {leaving === null ? null : (
        <FormDialog
          title="Forget the worker?"
          description={`${leaving.name} is no longer listed. One that is still there is listed again with its next heartbeat.`}
          verb="Forget the worker"
          isDangerous
          command={toCommand("worker", "delete", leaving.id)}
          onClose={() => setLeaving(null)}
          onSubmit={() => api.deleteObject("worker", leaving.id)}
        />
      )}
    </div>
  );
}

const columns: readonly Column<Worker>[] = [
  {
    id: "state",
    title: "State",
    width: "92px",
    cell: (worker) => {
      const isThere = isOnline(worker, readNow());
      return (
        <HealthBadge
          state={isThere ? "online" : "offline"}
          why={isThere ? "It has said in time that it is there" : "It has missed three heartbeats"}
        />
      );
    },
  },
  {
    id: "name",
    title: "Worker",
    width: "minmax(120px, 2fr)",
    cell: ({ name }) => (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    ),
  },
  {
    id: "heartbeat",
    title: "Heartbeat",
    width: "92px",
    cell: ({ heartbeatAt }) => <Ago at={heartbeatAt} className="text-muted" />,
  },
  {
    id: "every",
    title: "Every",
    width: "72px",
    isExtra: true,
    cell: ({ heartbeatIntervalMs }) => (
      <span className="text-muted">{heartbeatIntervalMs == null ? "–" : toDuration(heartbeatIntervalMs)}</span>
    ),
  },
  {
    id: "runtime",
    title: "Runs code of",
    width: "minmax(90px, 1fr)",
    isExtra: true,
    cell: ({ runtime }) => (
      <span className="text-muted">{runtime === undefined ? "not said" : runtime === "node" ? "Node" : "Python"}</span>
    ),
  },
  {
    id: "since",
    title: "First seen",
    width: "84px",
    isExtra: true,
    cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
  },
];

/** Of all workers of the pool: the ledger does not say which one has a run. */
function CurrentRuns({ facts }: { readonly facts: PoolFacts }) {
  const query = useQuery({
    queryKey: ["work-pool", facts.pool.name, "current", facts.active],
    queryFn: async () => {
      const where = {
        all: [
          { field: "workPoolId", in: [facts.pool.id] },
          { field: "stateType", in: ["PENDING", "RUNNING", "CANCELLING"] },
        ],
      };
      return (await api.listFlowRuns({ where }, "started-desc", { limit: maxCurrent })).items;
    },
    placeholderData: (before) => before,
  });
  return (
    <Panel title="Runs that workers have now">
      <Loaded query={query} rows={2}>
        {(runs) =>
          runs.length === 0 ? (
            <p className="p-3 text-muted">None.</p>
          ) : (
            <ul>
              {runs.map((run) => (
                <CurrentRun key={run.id} run={run} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function CurrentRun({ run }: { readonly run: FlowRun }) {
  const { infrastructurePid } = run.extra;
  return (
    <li className="flex h-8 items-center gap-3 border-b border-line px-3 last:border-0">
      <StateBadge state={run.state} />
      <Link
        to="/runs/flow-run/$id"
        params={{ id: run.id }}
        search={{}}
        className="min-w-0 truncate font-medium hover:underline"
        title={run.name}
      >
        {run.name}
      </Link>
      <span className="min-w-0 grow truncate text-muted" title={run.flowName}>
        {run.flowName}
      </span>
      {infrastructurePid == null ? null : (
        <span className="truncate font-mono text-small text-muted" title="Process, container or job">
          {infrastructurePid}
        </span>
      )}
      <span className="shrink-0 text-muted">
        <Took from={run.startedAt} to={run.endedAt} />
      </span>
    </li>
  );
}
