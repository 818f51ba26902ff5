import { Link, useNavigate } from "@tanstack/react-router";
import type { FlowRunRow, WorkPool } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns } from "../../api/queries.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago, Took } from "../../ui/when.tsx";

const pageSize = 100;

/** Those under way and those that wait, the one that comes next first. */
export function PoolRuns({ pool }: { readonly pool: WorkPool }) {
  const navigate = useNavigate();
  const where = {
    all: [
      { field: "workPoolId", in: [pool.id] },
      { field: "stateType", in: ["RUNNING", "CANCELLING", "PENDING", "PAUSED", "SCHEDULED"] },
    ],
  };
  const list = useLivePages({
    key: ["work-pool", pool.name, "runs"],
    read: (cursor) => api.listFlowRunRows({ where }, "expected-asc", { limit: pageSize, cursor }),
    concerns: ofFlowRuns,
  });
  return (
    <LiveTable
      list={list}
      empty={
        <Empty title="Nothing runs or waits">
          Runs of deployments that have this pool wait here until a worker takes them.
        </Empty>
      }
      label="Runs of the pool"
      columns={columns}
      keyOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: "/runs/flow-run/$id", params: { id }, search: {} })}
    />
  );
}

const columns: readonly Column<FlowRunRow>[] = [
  { id: "state", title: "State", width: "170px", cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: "name",
    title: "Run",
    width: "minmax(120px, 2fr)",
    cell: (run) => (
      <Link
        to="/runs/flow-run/$id"
        params={{ id: run.id }}
        search={{}}
        className="truncate font-medium hover:underline"
        title={run.name}
      >
        {run.name}
      </Link>
    ),
  },
  {
    id: "flow",
    title: "Flow",
    width: "minmax(100px, 1fr)",
    isExtra: true,
    cell: ({ flowName }) => (
      <span className="truncate text-muted" title={flowName}>
        {flowName}
      </span>
    ),
  },
  {
    id: "due",
    title: "Due",
    width: "84px",
    cell: ({ dueAt, expectedAt }) => <Ago at={dueAt ?? expectedAt} className="text-muted" />,
  },
  {
    id: "took",
    title: "Running for",
    width: "92px",
    align: "right",
    isExtra: true,
    cell: ({ startedAt, endedAt }) => <Took from={startedAt} to={endedAt} />,
  },
];
