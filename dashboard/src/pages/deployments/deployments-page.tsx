import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount } from "../../format/number.ts";
import { NextRun } from "../../states/due.tsx";
import { RunStrip } from "../../states/run-strip.tsx";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { type DeploymentRow, readDeploymentRows } from "./deployment-rows.ts";
import { type DeploymentsSearch, toDeploymentCondition } from "./deployments-search.ts";
import { toSchedulesWords } from "./schedule-words.ts";
import { StatusBadge } from "./status-badge.tsx";

const ofDeployments = ofKind("deployment", "schedule", "work-pool", "work-queue");
const poolLimit = 200;

export function DeploymentsPage() {
  const search = useSearch({ from: "/deployments" });
  const navigate = useNavigate({ from: "/deployments" });
  const set = (change: { readonly [Name in keyof DeploymentsSearch]?: DeploymentsSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const count = useLive({
    key: ["deployments", "count", search],
    read: () => api.count("deployment", toDeploymentCondition(search)),
    concerns: ofDeployments,
  });
  const pools = useLive({
    key: ["work-pools", "names"],
    read: () => api.listObjects("work-pool", { sort: { field: "name", direction: "asc" } }, { limit: poolLimit }),
    concerns: ofKind("work-pool"),
  });
  return (
    <>
      <PageHead title="Deployments" facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>} />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the deployment or flow"
          value={search.q}
          onChange={(q) => set({ q })}
          className="w-60"
        />
        <FilterInput label="Tag" value={search.tag} onChange={(tag) => set({ tag: tag.trim() })} className="w-28" />
        <Select
          aria-label="Work pool"
          className="max-w-44"
          value={search.pool ?? ""}
          onChange={(event) => set({ pool: event.target.value })}
          options={[["", "All work pools"], ...(pools.data?.items ?? []).map(({ id, name }) => [id, name] as const)]}
        />
        <Select
          aria-label="Status"
          value={search.status ?? ""}
          onChange={(event) => set({ status: event.target.value as "paused" })}
          options={[
            ["", "Active and paused"],
            ["active", "Active"],
            ["paused", "Paused"],
          ]}
        />
        {search.flow === undefined ? null : (
          <button
            type="button"
            onClick={() => set({ flow: undefined })}
            title="Show those of all flows again"
            className="h-7 max-w-60 truncate rounded-full bg-selected px-2.5"
          >
            flow: {search.flow} ×
          </button>
        )}
      </div>
      <DeploymentList
        search={search}
        {...(count.data === undefined ? {} : { total: count.data })}
        empty={<NoDeployments isFiltered={Object.keys(search).length > 0} />}
      />
    </>
  );
}

export function DeploymentList(props: {
  readonly search: DeploymentsSearch;
  readonly total?: number;
  readonly empty: ReactNode;
}) {
  const { search, total, empty } = props;
  const navigate = useNavigate();
  const pages = useLivePages({
    key: ["deployments", "list", search],
    read: (cursor) => readDeploymentRows(search, cursor),
    concerns: (event) => ofDeployments(event) || ofFlowRuns(event),
  });
  const columns = useMemo(
    () => toColumns((id) => void navigate({ to: "/runs/flow-run/$id", params: { id }, search: {} })),
    [navigate],
  );
  return (
    <LiveTable
      label="Deployments"
      list={pages}
      columns={columns}
      keyOf={({ deployment }) => deployment.id}
      onOpen={({ deployment: { id } }) =>
        void navigate({ to: "/deployments/deployment/$id", params: { id }, search: {} })
      }
      {...(total === undefined ? {} : { total })}
      empty={empty}
    />
  );
}

function toColumns(openRun: (id: string) => void): readonly Column<DeploymentRow>[] {
  return [
    {
      id: "name",
      title: "Deployment",
      width: "minmax(140px, 2fr)",
      cell: ({ deployment }) => (
        <Link
          to="/deployments/deployment/$id"
          params={{ id: deployment.id }}
          search={{}}
          className="grow truncate hover:underline"
          title={`${deployment.flowName}/${deployment.name}`}
          aria-label={`${deployment.flowName}/${deployment.name}`}
        >
          {/* Where there is no room for both, the flow leaves some of it. */}
          <span className="inline-block max-w-3/5 truncate align-bottom text-muted">{deployment.flowName}</span>
          <span className="text-muted">/</span>
          <span className="font-medium">{deployment.name}</span>
        </Link>
      ),
    },
    { id: "status", title: "Status", width: "104px", cell: ({ verdict }) => <StatusBadge verdict={verdict} /> },
    {
      id: "schedules",
      title: "Schedules",
      width: "minmax(120px, 2fr)",
      isExtra: true,
      cell: ({ schedules }) => {
        const words = toSchedulesWords(schedules);
        return (
          <span className="truncate text-muted" title={words}>
            {words}
          </span>
        );
      },
    },
    {
      id: "next",
      title: "Next run",
      width: "minmax(76px, 0.8fr)",
      cell: ({ deployment, due }) => <NextRun due={due} of={{ deployment: deployment.id }} />,
    },
    {
      id: "runs",
      title: "Last runs",
      width: "140px",
      isExtra: true,
      cell: ({ runs }) => <RunStrip runs={runs} onOpen={openRun} />,
    },
    {
      id: "pool",
      title: "Work pool",
      width: "minmax(70px, 1fr)",
      isExtra: true,
      cell: ({ deployment, pool }) => (
        <span className="truncate text-muted" title={pool?.name}>
          {deployment.workPoolId === null ? "–" : (pool?.name ?? "gone")}
        </span>
      ),
    },
    {
      id: "tags",
      title: "Tags",
      width: "minmax(70px, 1fr)",
      isExtra: true,
      cell: ({ deployment: { tags } }) => (
        <span className="truncate text-muted" title={tags.join(", ")}>
          {tags.join(", ")}
        </span>
      ),
    },
  ];
}

function NoDeployments({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No deployment matches">
        <Link to="/deployments" search={{}} className="link">
          Show all deployments
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No deployments yet">
      <p className="mb-2">A deployment is a flow that runs by itself: on a schedule, or when somebody asks for it.</p>
      <div className="flex flex-col gap-1 text-left">
        <Command text="millrace deploy --all" />
      </div>
    </Empty>
  );
}
