import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { Condition, FlowRun, StateType } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { onEvents } from "../../api/live.ts";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { useShortcuts } from "../../app/shortcuts.ts";
import { toCount, toShortCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { families, type Family, type GlyphName } from "../../states/families.ts";
import { familyText, Glyph, StateBadge } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Select, TextInput } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, ErrorNote, Sketch } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import { RangeChip } from "./range-chip.tsx";
import { type RunsSearch, type Since, toCondition, toScope } from "./runs-search.ts";

const pageSize = 100;
/** Beyond so many pages the list is not read again by itself: it says that there is more. */
const livePages = 3;

export function RunsPage() {
  const search = useSearch({ from: "/runs" });
  const navigate = useNavigate({ from: "/runs" });
  const set = (change: { readonly [Name in keyof RunsSearch]?: RunsSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const { rows, query, hasNew, showNew } = useRuns(search);
  const counts = useLive({
    key: ["runs", "counts", { ...search, state: undefined }],
    read: () => countFamilies(search),
    concerns: ofFlowRuns,
  });
  const total = counts.data === undefined ? rows.length : sumOf(counts.data, search.state ?? families);
  const filter = useRef<HTMLInputElement>(null);
  // An address that is gone to says what is looked for; while somebody types, the field is theirs.
  useEffect(() => {
    const input = filter.current;
    if (input !== null && input !== document.activeElement) input.value = search.q ?? "";
  }, [search.q]);
  useShortcuts(useMemo(() => [{ keys: "f", does: "Filter the list", run: () => filter.current?.focus() }], []));

  return (
    <>
      <PageHead
        title="Runs"
        facts={<span>{toCount(total)}</span>}
        actions={
          hasNew ? (
            <Button kind="primary" onClick={showNew}>
              Show what is new
            </Button>
          ) : null
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <TextInput
          ref={filter}
          aria-label="Name of the run or flow"
          placeholder="Name of the run or flow"
          defaultValue={search.q ?? ""}
          onChange={(event) => set({ q: event.target.value })}
          className="w-52"
        />
        <Select
          aria-label="How far back"
          value={search.since ?? ""}
          onChange={(event) => set({ since: event.target.value as Since })}
          options={[
            ["", "Any time"],
            ["1h", "Past hour"],
            ["24h", "Past 24 hours"],
            ["7d", "Past 7 days"],
            ["30d", "Past 30 days"],
          ]}
        />
        <StateChips counts={counts.data ?? null} chosen={search.state ?? []} onChange={(state) => set({ state })} />
        {(["flow", "tag", "deployment"] as const).map((name) =>
          search[name] === undefined ? null : (
            <button
              key={name}
              type="button"
              onClick={() => set({ [name]: undefined })}
              title="Show all again"
              className="h-7 rounded-full bg-selected px-2.5"
            >
              {name}: {search[name]} ×
            </button>
          ),
        )}
        <RangeChip from={search.from} to={search.to} onClear={() => set({ from: undefined, to: undefined })} />
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            checked={search.subflows === true}
            onChange={(event) => set(event.target.checked ? { subflows: true } : { subflows: undefined })}
          />
          Subflows
        </label>
      </div>
      {query.error !== null && rows.length === 0 ? (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Sketch rows={12} />
      ) : rows.length === 0 ? (
        <NoRuns isFiltered={Object.keys(search).length > 0} />
      ) : (
        <Table
          label="Runs"
          columns={columns}
          rows={rows}
          keyOf={(run) => run.id}
          total={total}
          onOpen={(run) => void navigate({ to: "/runs/flow-run/$id", params: { id: run.id }, search: {} })}
          onEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
    </>
  );
}

function withoutEmpty(search: Readonly<Record<string, unknown>>): RunsSearch {
  const kept = Object.entries(search).filter(
    ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept);
}

function useRuns(search: RunsSearch) {
  const client = useQueryClient();
  const key = useMemo(() => ["runs", "list", search], [search]);
  const [hasNew, setNew] = useState(false);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      api.listFlowRuns({ where: toCondition(search, readNow()) }, search.sort ?? "created-desc", {
        limit: pageSize,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const pages = query.data?.pages.length ?? 0;
  useEffect(() => setNew(false), [key]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = onEvents((events) => {
      if (timer !== null || !events.some(ofFlowRuns)) return;
      if (pages > livePages) return setNew(true);
      timer = setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: key, exact: true });
      }, 1000);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, key, pages]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const showNew = (): void => {
    setNew(false);
    void client.resetQueries({ queryKey: key, exact: true });
  };
  return { rows, query, hasNew, showNew };
}

type FamilyCounts = Readonly<Record<Family, number>>;

/** Names that take a state out of its type's family. */
const namesApart = ["TimedOut", "Late", "AwaitingRetry"] as const;

/** By two questions, whatever the number of families. */
async function countFamilies(search: RunsSearch): Promise<FamilyCounts> {
  const scope = toScope(search, readNow());
  const apart: Condition = { field: "stateName", in: namesApart };
  const [byType, byName] = await Promise.all([
    api.countBy("flow-run", "stateType", scope),
    api.countBy("flow-run", "stateName", { all: [scope, apart] }),
  ]);
  const counted = new Map([...byType, ...byName].map(({ value, count }) => [value, count]));
  const sum = (...values: readonly (StateType | (typeof namesApart)[number])[]): number =>
    values.reduce((total, value) => total + (counted.get(value) ?? 0), 0);
  return {
    failed: sum("FAILED") - sum("TimedOut"),
    crashed: sum("CRASHED", "TimedOut"),
    attention: sum("PAUSED", "Late", "AwaitingRetry"),
    running: sum("RUNNING", "CANCELLING"),
    waiting: sum("SCHEDULED", "PENDING") - sum("Late", "AwaitingRetry"),
    completed: sum("COMPLETED"),
    inert: sum("CANCELLED"),
  };
}

const sumOf = (counts: FamilyCounts, chosen: readonly Family[]): number =>
  chosen.reduce((sum, family) => sum + counts[family], 0);

const familyWords: Readonly<Record<Family, readonly [word: string, glyph: GlyphName]>> = {
  failed: ["Failed", "cross"],
  crashed: ["Crashed", "bolt"],
  attention: ["Needs attention", "alarm"],
  running: ["Running", "pulse"],
  waiting: ["Waiting", "clock"],
  completed: ["Completed", "check"],
  inert: ["Cancelled", "slash"],
};

/** One for each family, with how many there are: any number of them can be chosen. */
function StateChips(props: {
  readonly counts: FamilyCounts | null;
  readonly chosen: readonly Family[];
  readonly onChange: (chosen: readonly Family[]) => void;
}) {
  const { counts, chosen, onChange } = props;
  return (
    <div role="group" aria-label="States" className="flex flex-wrap gap-1">
      {families.map((family) => {
        const [word, glyph] = familyWords[family];
        const isChosen = chosen.includes(family);
        return (
          <button
            key={family}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? chosen.filter((each) => each !== family) : [...chosen, family])}
            className={clsx(
              "flex h-7 items-center gap-1.5 rounded-full border px-2.5",
              isChosen ? "border-accent bg-selected" : "border-line hover:bg-hover",
            )}
          >
            <Glyph name={glyph} family={family} />
            <span className={familyText[family]}>{word}</span>
            {counts === null ? null : <span className="text-muted">{toShortCount(counts[family])}</span>}
          </button>
        );
      })}
    </div>
  );
}

const columns: readonly Column<FlowRun>[] = [
  { id: "state", title: "State", width: "132px", cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: "name",
    title: "Run",
    width: "minmax(140px, 2fr)",
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
    width: "minmax(110px, 1.5fr)",
    cell: ({ flowName }) => (
      <Link to="/runs" search={{ flow: flowName }} className="truncate hover:underline" title={flowName}>
        {flowName}
      </Link>
    ),
  },
  {
    id: "tags",
    title: "Tags",
    width: "minmax(80px, 1fr)",
    isExtra: true,
    cell: ({ tags }) => <span className="truncate text-muted">{tags.join(", ")}</span>,
  },
  {
    id: "expected",
    title: "When",
    width: "84px",
    cell: (run) => <Ago at={run.startedAt ?? run.expectedAt} className="text-muted" />,
  },
  {
    id: "took",
    title: "Took",
    width: "76px",
    align: "right",
    isExtra: true,
    cell: (run) => <Took from={run.startedAt} to={run.endedAt} />,
  },
];

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No run matches">
        <Link to="/runs" search={{}} className="link">
          Show all runs
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No runs yet">
      <p className="mb-2">This page waits: the first run opens here as soon as it begins.</p>
      <div className="flex flex-col gap-1 text-left">
        <Command text="npx millrace init my-flows && cd my-flows" />
        <Command text="npm install" />
        <Command text="node flows/hello.ts" />
      </div>
    </Empty>
  );
}
