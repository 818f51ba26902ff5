import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { isOnline } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Meter } from "../../ui/meter.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { CreatePool } from "./create-pool.tsx";
import { HealthBadge } from "./health-badge.tsx";
import { type PoolFacts, readPoolFacts } from "./pool-facts.ts";
import { healthOf } from "./pool-health.ts";

const pageSize = 50;

export function WorkPoolsPage() {
  const search = useSearch({ from: "/work-pools" });
  const navigate = useNavigate({ from: "/work-pools" });
  const [isCreating, setCreating] = useState(false);
  const where = search.q === undefined ? { all: [] } : ({ field: "name", contains: search.q } as const);
  const count = useLive({
    key: ["work-pools", "count", search],
    read: () => api.count("work-pool", where),
    concerns: ofKind("work-pool"),
  });
  const list = useLivePages({
    key: ["work-pools", "list", search],
    read: async (cursor) => {
      const sort = { field: "name", direction: "asc" } as const;
      const { items, next } = await api.listObjects("work-pool", { where, sort }, { limit: pageSize, cursor });
      return { items: await readPoolFacts(items), next };
    },
    concerns: (event) => ofKind("work-pool", "work-queue", "worker")(event) || ofFlowRuns(event),
    // Heartbeats come without events.
    everyMs: 10_000,
  });
  return (
    <>
      <PageHead
        title="Work pools"
        facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>}
        actions={
          <Button kind="primary" needs="createWorkPool" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            Create a pool
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the pool"
          value={search.q}
          onChange={(q) => void navigate({ search: q === "" ? {} : { q }, replace: true })}
        />
      </div>
      <LiveTable
        list={list}
        empty={<NoPools isFiltered={search.q !== undefined} />}
        label="Work pools"
        columns={columns}
        keyOf={({ pool }) => pool.id}
        {...(count.data === undefined ? {} : { total: count.data })}
        onOpen={({ pool }) =>
          void navigate({ to: "/work-pools/work-pool/$name", params: { name: pool.name }, search: {} })
        }
      />
      {isCreating ? (
        <CreatePool
          onClose={() => setCreating(false)}
          onCreated={({ name }) => void navigate({ to: "/work-pools/work-pool/$name", params: { name }, search: {} })}
        />
      ) : null}
    </>
  );
}

function NoPools({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No pool matches">
        <Link to="/work-pools" search={{}} className="link">
          Show all pools
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No work pools yet">
      <p className="mb-2">A pool holds the runs that workers take. A worker makes its pool where there is none:</p>
      <Command text="millrace worker start --pool local --type process" />
    </Empty>
  );
}

const columns: readonly Column<PoolFacts>[] = [
  {
    id: "state",
    title: "State",
    width: "104px",
    cell: (facts) => {
      const { state, why } = healthOf(facts, readNow());
      return <HealthBadge state={state} why={why} />;
    },
  },
  {
    id: "name",
    title: "Pool",
    width: "minmax(120px, 2fr)",
    cell: ({ pool }) => (
      <Link
        to="/work-pools/work-pool/$name"
        params={{ name: pool.name }}
        search={{}}
        className="truncate font-medium hover:underline"
        title={pool.name}
      >
        {pool.name}
      </Link>
    ),
  },
  {
    id: "type",
    title: "Type",
    width: "minmax(80px, 1fr)",
    isExtra: true,
    cell: ({ pool }) => (
      <span className="truncate text-muted" title={pool.type}>
        {pool.type}
      </span>
    ),
  },
  {
    id: "use",
    title: "Running",
    width: "minmax(90px, 1fr)",
    cell: ({ pool, active }) => <Meter used={active} limit={pool.concurrencyLimit ?? null} what="runs" />,
  },
  {
    id: "workers",
    title: "Workers",
    width: "minmax(90px, 1fr)",
    isExtra: true,
    cell: ({ workers }) => {
      const online = workers.filter((worker) => isOnline(worker, readNow())).length;
      return <span className="truncate text-muted">{workers.length === 0 ? "none" : `${online} online`}</span>;
    },
  },
  {
    id: "queues",
    title: "Queues",
    width: "72px",
    align: "right",
    isExtra: true,
    cell: ({ queues }) => <span className="text-muted">{toCount(queues.length)}</span>,
  },
  {
    id: "waiting",
    title: "Waiting",
    width: "72px",
    align: "right",
    cell: ({ waiting }) => (
      <span
        className={waiting.count === 0 ? "text-muted" : "font-medium"}
        title={plural(waiting.count, "run waits", "runs wait")}
      >
        {toCount(waiting.count)}
      </span>
    ),
  },
  {
    id: "oldest",
    title: "Oldest",
    width: "84px",
    align: "right",
    isExtra: true,
    cell: ({ waiting }) => <Ago at={waiting.oldestDueAt} className="text-muted" />,
  },
];
