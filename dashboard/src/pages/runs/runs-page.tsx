import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Columns3, ListFilter } from "lucide-react";
import type { FlowRunRow } from "millrace/client";
import { useCallback, useMemo, useRef, useState } from "react";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { FirstSteps } from "../../app/first-steps.tsx";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { families } from "../../states/families.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { BulkBar } from "../run/actions/bulk-actions.tsx";
import { toBulkCommand } from "./bulk-command.ts";
import { ColumnHead, sortedBy } from "./column-head.tsx";
import { ColumnsDialog } from "./columns-dialog.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { FilterDialog } from "./filter-dialog.tsx";
import { type RunsSearch, type Since, toCondition } from "./runs-search.ts";
import { useSelection } from "./selection.ts";
import { StateChips } from "./state-chips.tsx";
import { useRunColumns } from "./use-run-columns.ts";
import { countFamilies, sumOf, useRuns } from "./use-runs.ts";
import { useDefaultView, useSavedViews } from "./use-saved-views.ts";
import { ViewsMenu } from "./views-menu.tsx";

type Change = { readonly [Name in keyof RunsSearch]?: RunsSearch[Name] | undefined };

const none: readonly FlowRunRow[] = [];

export function RunsPage() {
  const search = useSearch({ from: "/runs" });
  const navigate = useNavigate({ from: "/runs" });
  const set = useCallback(
    (change: Change): void => {
      void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
    },
    [navigate],
  );
  const list = useRuns(search);
  const rows = list.rows ?? none;
  const counts = useLive({
    key: ["runs", "counts", { ...search, state: undefined, sort: undefined }],
    read: () => countFamilies(search),
    concerns: ofFlowRuns,
  });
  const total = counts.data === undefined ? rows.length : sumOf(counts.data, search.state ?? families);
  const views = useSavedViews();
  useDefaultView(views, search, set);
  const columns = useRunColumns();
  const [open, setOpen] = useState<"columns" | "filters" | null>(null);
  const { selection, toggle, selectShown, selectAll, clear } = useSelection(
    rows,
    JSON.stringify({ ...search, sort: undefined }),
  );
  const shown = useRunTable({ columns, search, set, selection, toggle, selectShown, clear, rows });
  const selectedIds = selection.isAll ? null : [...selection.ids];
  const now = readNow();
  return (
    <>
      <PageHead
        title="Runs"
        facts={<span>{toCount(total)}</span>}
        actions={
          <>
            <Button icon={<ListFilter size={14} />} onClick={() => setOpen("filters")}>
              Filter
            </Button>
            <ViewsMenu views={views} search={search} />
            <IconButton label="Choose columns" onClick={() => setOpen("columns")}>
              <Columns3 size={16} />
            </IconButton>
          </>
        }
      />
      <Filters search={search} set={set} counts={counts.data ?? null} />
      {selectedIds === null || selectedIds.length > 0 ? (
        <BulkBar
          where={toCondition(search, now)}
          count={total}
          selectedIds={selectedIds}
          onSelectAll={selectAll}
          onClear={clear}
          onChanged={list.showNew}
          toCommand={(action) => toBulkCommand({ action, search, ids: selectedIds, now })}
        />
      ) : null}
      <LiveTable
        label="Runs"
        hasExtrasUnder
        list={list}
        columns={shown}
        keyOf={(run) => run.id}
        total={total}
        onOpen={(run) => void navigate({ to: "/runs/flow-run/$id", params: { id: run.id }, search: {} })}
        empty={<NoRuns isFiltered={Object.keys(search).length > 0} />}
      />
      {open === "columns" ? <ColumnsDialog columns={columns} onClose={() => setOpen(null)} /> : null}
      {open === "filters" ? (
        <FilterDialog
          search={search}
          tags={[...new Set(rows.flatMap(({ tags }) => tags))].sort()}
          onChoose={set}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}

/** The columns somebody has chosen, behind a box to choose the run by. */
function useRunTable(
  options: Omit<ReturnType<typeof useSelection>, "selectAll"> & {
    readonly columns: ReturnType<typeof useRunColumns>;
    readonly search: RunsSearch;
    readonly set: (change: Change) => void;
    readonly rows: readonly FlowRunRow[];
  },
): readonly Column<FlowRunRow>[] {
  const { columns, search, set, selection, toggle } = options;
  const { shown } = columns;
  const held = useRef(options);
  held.current = options;
  const isEach = options.rows.length > 0 && options.rows.every(({ id }) => selection.ids.has(id));
  return useMemo(() => {
    const sort = search.sort ?? "created-desc";
    const box: Column<FlowRunRow> = {
      id: "chosen",
      title: "Chosen",
      width: "20px",
      head: (
        <input
          type="checkbox"
          aria-label="Choose all runs that are listed"
          checked={isEach}
          onChange={() => (isEach ? held.current.clear() : held.current.selectShown())}
          className="block size-4"
        />
      ),
      cell: ({ id, name }) => (
        <label className="-m-1 flex items-center p-1">
          <input
            type="checkbox"
            aria-label={`Choose ${name.slice(0, 100)}`}
            checked={selection.ids.has(id)}
            onChange={(event) => toggle(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
            className="size-4"
          />
        </label>
      ),
    };
    const others = shown.map((column) => {
      const sorted = sortedBy(column, sort);
      return {
        ...column,
        ...(sorted === undefined ? {} : { sorted }),
        head: (
          <ColumnHead
            column={column}
            sort={sort}
            onSort={(next) => set({ sort: next === "created-desc" ? undefined : next })}
            onResize={(px) => held.current.columns.resize(column.id, px)}
          />
        ),
      };
    });
    return [box, ...others];
  }, [shown, search.sort, selection, toggle, isEach, set]);
}

function Filters(props: {
  readonly search: RunsSearch;
  readonly set: (change: Change) => void;
  readonly counts: Awaited<ReturnType<typeof countFamilies>> | null;
}) {
  const { search, set, counts } = props;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2 max-sm:gap-1.5" role="search">
      <FilterInput
        isMain
        label="Name of the run or flow"
        placeholder="Run or flow"
        value={search.q}
        onChange={(q) => set({ q })}
        // It gives way before what stands at the end has to go to another line.
        className="max-w-52 grow basis-32"
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
      <StateChips counts={counts} chosen={search.state ?? []} onChange={(state) => set({ state })} />
      <FilterChips
        search={search}
        onClear={(...names) => set(Object.fromEntries(names.map((name) => [name, undefined])))}
      />
      <label className="flex items-center gap-1.5 text-muted">
        <input
          type="checkbox"
          checked={search.subflows === true}
          onChange={(event) => set(event.target.checked ? { subflows: true } : { subflows: undefined })}
        />
        Subflows
      </label>
    </div>
  );
}

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
      <p className="mb-2">This page waits: the first run is here as soon as it begins.</p>
      <FirstSteps />
    </Empty>
  );
}
