import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { FirstSteps } from "../../app/first-steps.tsx";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount, toPercent } from "../../format/number.ts";
import { toDuration } from "../../format/time.ts";
import { NextRun } from "../../states/due.tsx";
import { RunStrip } from "../../states/run-strip.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { type FlowRow, readFlowRows, toFlowCondition } from "./flow-rows.ts";
import type { FlowsSearch } from "./flows-search.ts";

const ofFlows = ofKind("flow", "deployment");

export function FlowsPage() {
  const search = useSearch({ from: "/flows" });
  const navigate = useNavigate({ from: "/flows" });
  const set = (change: Partial<FlowsSearch>): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const pages = useLivePages({
    key: ["flows", "list", search],
    read: (cursor) => readFlowRows(search, cursor),
    concerns: (event) => ofFlowRuns(event) || ofFlows(event),
  });
  const count = useLive({
    key: ["flows", "count", search],
    read: () => api.count("flow", toFlowCondition(search)),
    concerns: (event) => ofFlowRuns(event) || ofFlows(event),
  });
  const columns = useMemo(
    () => toColumns((id) => void navigate({ to: "/runs/flow-run/$id", params: { id }, search: {} })),
    [navigate],
  );
  return (
    <>
      <PageHead title="Flows" facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>} />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput isMain label="Name of the flow" value={search.q} onChange={(q) => set({ q })} />
        <FilterInput label="Tag" value={search.tag} onChange={(tag) => set({ tag: tag.trim() })} className="w-28" />
      </div>
      <LiveTable
        label="Flows"
        list={pages}
        columns={columns}
        keyOf={({ flow }) => flow.id}
        onOpen={({ flow }) => void navigate({ to: "/flows/flow/$id", params: { id: flow.id }, search: {} })}
        {...(count.data === undefined ? {} : { total: count.data })}
        empty={<NoFlows isFiltered={Object.keys(search).length > 0} />}
      />
    </>
  );
}

function toColumns(openRun: (id: string) => void): readonly Column<FlowRow>[] {
  return [
    {
      id: "name",
      title: "Flow",
      width: "minmax(130px, 2fr)",
      cell: ({ flow }) => (
        <Link
          to="/flows/flow/$id"
          params={{ id: flow.id }}
          search={{}}
          className="truncate font-medium hover:underline"
          title={flow.name}
        >
          {flow.name}
        </Link>
      ),
    },
    {
      id: "runs",
      title: "Last runs",
      width: "140px",
      cell: ({ runs }) => <RunStrip runs={runs} onOpen={openRun} />,
    },
    {
      id: "rate",
      title: "Success",
      width: "72px",
      align: "right",
      cell: ({ completed, ended }) => <span title={`${completed} of ${ended}`}>{toPercent(completed, ended)}</span>,
    },
    { id: "p50", title: "p50", width: "72px", align: "right", isExtra: true, cell: ({ p50Ms }) => <Long ms={p50Ms} /> },
    { id: "p95", title: "p95", width: "72px", align: "right", isExtra: true, cell: ({ p95Ms }) => <Long ms={p95Ms} /> },
    {
      id: "last",
      title: "Last run",
      width: "76px",
      isExtra: true,
      cell: ({ lastAt }) => <Ago at={lastAt} className="text-muted" />,
    },
    {
      id: "next",
      title: "Next run",
      width: "minmax(76px, 116px)",
      isExtra: true,
      cell: ({ flow, due }) => <NextRun due={due} of={{ flow: flow.name }} />,
    },
    {
      id: "deployments",
      title: "Deployments",
      width: "88px",
      align: "right",
      isExtra: true,
      cell: ({ flow, deployments }) =>
        deployments === 0 ? (
          <span className="text-faint">0</span>
        ) : (
          <Link to="/deployments" search={{ flow: flow.name }} className="hover:underline">
            {toCount(deployments)}
          </Link>
        ),
    },
  ];
}

function Long({ ms }: { readonly ms: number | null }) {
  return ms === null ? <span className="text-faint">–</span> : <>{toDuration(ms)}</>;
}

function NoFlows({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No flow matches">
        <Link to="/flows" search={{}} className="link">
          Show all flows
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No flows yet">
      <p className="mb-2">A flow is known as soon as it first runs, or is deployed.</p>
      <FirstSteps />
    </Empty>
  );
}
