import type { FlowRunRow, WorkPool } from "millrace/client";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import { RunsOf } from "../runs/runs-of.tsx";

/** Those under way and those that wait, the one that comes next first. */
export function PoolRuns({ pool }: { readonly pool: WorkPool }) {
  return (
    <RunsOf
      label="Runs of the pool"
      where={{
        all: [
          { field: "workPoolId", in: [pool.id] },
          { field: "stateType", in: ["RUNNING", "CANCELLING", "PENDING", "PAUSED", "SCHEDULED"] },
        ],
      }}
      sort="expected-asc"
      facts={facts}
      empty={
        <Empty title="Nothing runs or waits">
          Runs of deployments that have this pool wait here until a worker takes them.
        </Empty>
      }
    />
  );
}

const facts: readonly Column<FlowRunRow>[] = [
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
