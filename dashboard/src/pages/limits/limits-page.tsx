import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ConcurrencyLimit, Condition } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { useNow } from "../../format/now.ts";
import { toDuration } from "../../format/time.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { WithInspector } from "../../ui/inspector.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Meter } from "../../ui/meter.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import { Switch } from "../../ui/switch.tsx";
import type { Column } from "../../ui/table.tsx";
import { useAction } from "../../ui/use-action.ts";
import { LimitForm } from "./limit-form.tsx";
import { LimitInspector } from "./limit-inspector.tsx";
import { believedWaiting, deploymentPrefix, kindOf, limitCommand, ownName, usedSlots } from "./limit-words.ts";
import type { LimitsSearch } from "./limits-search.ts";

const pageSize = 100;
/** Slots are taken and given back without events, in ms. */
const everyMs = 3000;

export function LimitsPage() {
  const search = useSearch({ from: "/limits" });
  const navigate = useNavigate({ from: "/limits" });
  const [isCreating, setCreating] = useState(false);
  const set = useCallback(
    (change: LimitsSearch, without: readonly (keyof LimitsSearch)[] = []): void => {
      void navigate({
        search: (before) => {
          const next = Object.entries({ ...before, ...change });
          return Object.fromEntries(next.filter(([name]) => !without.includes(name as keyof LimitsSearch)));
        },
        replace: true,
      });
    },
    [navigate],
  );
  const { q, all, limit: chosen } = search;
  const where: Condition = {
    all: [
      ...(q === undefined ? [] : [{ field: "name", contains: q }]),
      ...(all === true ? [] : [{ not: { field: "name", startsWith: deploymentPrefix } }]),
    ],
  };
  const list = useLivePages({
    key: ["limits", "list", q, all],
    read: (cursor) =>
      api.listObjects(
        "concurrency-limit",
        { where, sort: { field: "name", direction: "asc" } },
        { limit: pageSize, cursor },
      ),
    concerns: ofKind("concurrency-limit"),
    everyMs,
  });
  const close = useCallback(() => set({}, ["limit"]), [set]);
  return (
    <>
      <PageHead
        title="Limits"
        facts={<span>How many hold slots at once, or how fast they take them</span>}
        actions={
          <Button
            kind="primary"
            needs={["createObject", "concurrency-limit"]}
            icon={<Plus size={14} />}
            onClick={() => setCreating(true)}
          >
            Create a limit
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the limit"
          value={q}
          onChange={(text) => (text === "" ? set({}, ["q"]) : set({ q: text }))}
        />
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            checked={all === true}
            onChange={({ target }) => (target.checked ? set({ all: true }) : set({}, ["all"]))}
          />
          Limits of deployments
        </label>
      </div>
      <WithInspector
        inspector={chosen === undefined ? null : <LimitInspector key={chosen} id={chosen} onClose={close} />}
      >
        <LiveTable
          list={list}
          empty={<NoLimits isFiltered={q !== undefined} />}
          label="Limits"
          columns={columns}
          keyOf={({ id }) => id}
          selected={chosen ?? null}
          onOpen={({ id }) => set({ limit: id })}
        />
      </WithInspector>
      {isCreating ? <LimitForm limit={null} onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function NoLimits({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No limit matches">
        <Link to="/limits" search={{}} className="link">
          Show all limits
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No limits yet">
      <p className="mb-2">A limit of a tag holds for each task with the tag; others for code that names them.</p>
      <div className="flex flex-col gap-1 text-left">
        <Command text="millrace concurrency-limit create database --limit 5" />
        <Command text="millrace global-concurrency-limit create their-api --limit 10 --decay 2" />
      </div>
    </Empty>
  );
}

export function LimitName({ limit }: { readonly limit: ConcurrencyLimit }) {
  const kind = kindOf(limit);
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={limit.name}>
      {kind === "named" ? null : (
        <span className="shrink-0 rounded-control bg-panel px-1 text-meta text-muted">{kind}</span>
      )}
      <span className="truncate font-medium">{ownName(limit)}</span>
    </span>
  );
}

const columns: readonly Column<ConcurrencyLimit>[] = [
  { id: "name", title: "Limit", width: "minmax(120px, 2fr)", cell: (limit) => <LimitName limit={limit} /> },
  { id: "active", title: "Enforced", width: "68px", cell: (limit) => <Active limit={limit} /> },
  { id: "taken", title: "Taken", width: "minmax(90px, 1.5fr)", cell: (limit) => <Taken limit={limit} /> },
  {
    id: "decay",
    title: "Decay",
    width: "84px",
    align: "right",
    isExtra: true,
    cell: ({ decayPerSecond }) => (
      <span className="text-muted">{decayPerSecond === 0 ? "–" : `${toCount(decayPerSecond)} a second`}</span>
    ),
  },
  {
    id: "waiting",
    title: "Waiting",
    width: "72px",
    align: "right",
    cell: (limit) => <Believed limit={limit} />,
  },
  {
    id: "hold",
    title: "Held for",
    width: "84px",
    align: "right",
    isExtra: true,
    cell: ({ averageSeconds }) => (
      <span className="text-muted" title="On average">
        {averageSeconds === undefined ? "–" : toDuration(averageSeconds * 1000)}
      </span>
    ),
  },
];

function Active({ limit }: { readonly limit: ConcurrencyLimit }) {
  const { id, name, active } = limit;
  const action = useAction(
    useCallback((isOn: boolean) => api.updateObject("concurrency-limit", id, { active: isOn }), [id]),
  );
  return (
    <Switch
      label={`Enforce the limit ${name}`}
      isOn={active}
      needs={["updateObject", "concurrency-limit"]}
      isDisabled={action.isBusy}
      command={limitCommand(limit, active ? "disable" : "enable")}
      onChange={(isOn) => void action.run(isOn)}
    />
  );
}

function Taken({ limit }: { readonly limit: ConcurrencyLimit }) {
  const now = useNow();
  return <Meter used={usedSlots(limit, now)} limit={limit.slots} what="slots" />;
}

function Believed({ limit }: { readonly limit: ConcurrencyLimit }) {
  const waiting = believedWaiting(limit, useNow());
  return (
    <span className={waiting === 0 ? "text-muted" : "font-medium"} title="Slots that are believed to be waited for">
      {waiting === 0 ? "–" : toCount(waiting)}
    </span>
  );
}
