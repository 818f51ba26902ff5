import { Link } from "@tanstack/react-router";
import type { Deployment } from "millrace/client";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { readNow } from "../../format/now.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";

const day = 86_400_000;
const aheadMs = 60 * day;
const limit = 100;

interface Coming {
  readonly id: string;
  readonly dueAt: number;
  /** Null for one that is not made yet. */
  readonly name: string | null;
  readonly stateName: string;
  readonly bySchedule: boolean;
}

/** Runs that wait for their time, and behind them those that the schedules will make. */
async function readComing(deployment: Deployment): Promise<readonly Coming[]> {
  const now = readNow();
  const [made, foreseen] = await Promise.all([
    api.listFlowRunRows(
      { where: { field: "deploymentId", in: [deployment.id] }, stateTypes: ["SCHEDULED"] },
      "due-asc",
      {
        limit,
      },
    ),
    deployment.paused
      ? []
      : api.scheduleRuns({ deploymentId: deployment.id, from: now, to: now + aheadMs, max: 30, isDryRun: true }),
  ]);
  const known = new Set(made.items.map(({ id }) => id));
  return [
    ...made.items.map(({ id, dueAt, expectedAt, name, state, autoScheduled }) => ({
      id,
      name,
      dueAt: dueAt ?? expectedAt,
      stateName: state.name,
      bySchedule: autoScheduled,
    })),
    ...foreseen
      .filter(({ id, isNew }) => isNew && !known.has(id))
      .map(({ id, dueAt }) => ({ id, dueAt, name: null, stateName: "", bySchedule: true })),
  ]
    .toSorted((a, b) => a.dueAt - b.dueAt)
    .slice(0, limit);
}

export function UpcomingTab({ deployment }: { readonly deployment: Deployment }) {
  const coming = useLive({
    key: ["deployment", deployment.id, "coming", deployment.revision],
    read: () => readComing(deployment),
    concerns: (event) => ofFlowRuns(event) || ofKind("schedule")(event),
  });
  return (
    <Loaded query={coming}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing is planned">
            <p>
              {deployment.paused
                ? "The deployment is paused, so its schedules make no runs."
                : "It has no schedule that is due within 60 days."}
            </p>
            <Link
              to="/deployments/deployment/$id"
              params={{ id: deployment.id }}
              search={{ tab: "schedules" }}
              className="link"
            >
              See its schedules
            </Link>
          </Empty>
        ) : (
          <Table label="Upcoming runs" columns={columns} rows={rows} keyOf={({ id }) => id} />
        )
      }
    </Loaded>
  );
}

const columns: readonly Column<Coming>[] = [
  { id: "due", title: "Due", width: "170px", cell: ({ dueAt }) => <DateTime at={dueAt} /> },
  { id: "in", title: "In", width: "84px", cell: ({ dueAt }) => <Ago at={dueAt} className="text-muted" /> },
  {
    id: "state",
    title: "State",
    width: "132px",
    isExtra: true,
    cell: ({ name, stateName }) =>
      name === null ? (
        <span className="text-muted">To be made</span>
      ) : (
        <StateBadge state={{ type: "SCHEDULED", name: stateName, message: null } as never} />
      ),
  },
  {
    id: "run",
    title: "Run",
    width: "minmax(140px, 2fr)",
    cell: ({ id, name }) =>
      name === null ? (
        <span className="text-faint">–</span>
      ) : (
        <Link to="/runs/flow-run/$id" params={{ id }} search={{}} className="truncate hover:underline" title={name}>
          {name}
        </Link>
      ),
  },
  {
    id: "by",
    title: "Made by",
    width: "minmax(100px, 1fr)",
    isExtra: true,
    cell: ({ bySchedule }) => <span className="text-muted">{bySchedule ? "A schedule" : "Somebody"}</span>,
  },
];
