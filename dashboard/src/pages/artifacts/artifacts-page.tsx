/** The newest artifact of each key. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ArtifactRow, Condition, Page } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount } from "../../format/number.ts";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { ArtifactRun } from "./artifact-facts.tsx";
import type { ArtifactsSearch } from "./artifacts-search.ts";

const pageSize = 100;
const ofArtifacts = ofKind("artifact-collection");

function toScope({ q, all }: ArtifactsSearch): Condition {
  return {
    all: [
      { newestOf: "key" },
      ...(all === true ? [] : [{ field: "key", isNull: false }]),
      ...(q === undefined
        ? []
        : [
            {
              any: [
                { field: "key", contains: q },
                { field: "description", contains: q },
              ],
            },
          ]),
    ],
  };
}

export function ArtifactsPage() {
  const search = useSearch({ from: "/artifacts" });
  const navigate = useNavigate({ from: "/artifacts" });
  const list = useLivePages({
    key: ["artifacts", "newest", search],
    read: async (cursor) => {
      const where =
        search.kind === undefined ? toScope(search) : { all: [toScope(search), { field: "kind", in: [search.kind] }] };
      const sort = { field: "updatedAt", direction: "desc" } as const;
      return withRunNames(await api.listArtifactRows({ where, sort }, { limit: pageSize, cursor }));
    },
    concerns: ofArtifacts,
  });
  const kinds = useLive({
    key: ["artifacts", "kinds", { ...search, kind: undefined }],
    read: () => api.countBy("artifact", "kind", toScope(search)),
    concerns: ofArtifacts,
  });
  const counts = kinds.data ?? [];
  const total = counts.reduce(
    (sum, { value, count }) => sum + (search.kind === undefined || value === search.kind ? count : 0),
    0,
  );
  const set = (change: { readonly [Name in keyof ArtifactsSearch]?: ArtifactsSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  return (
    <>
      <PageHead title="Artifacts" facts={kinds.data === undefined ? null : <span>{toCount(total)}</span>} />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput isMain label="Key or description" value={search.q} onChange={(q) => set({ q })} />
        <Select
          aria-label="Kind"
          value={search.kind ?? ""}
          onChange={(event) => set({ kind: event.target.value })}
          options={[
            ["", "All kinds"],
            ...counts.map(
              ({ value, count }) => [String(value), `${String(value).slice(0, 40)} (${toCount(count)})`] as const,
            ),
          ]}
        />
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            checked={search.all === true}
            onChange={(event) => set({ all: event.target.checked ? true : undefined })}
          />
          Without a key too
        </label>
      </div>
      <LiveTable
        label="Artifacts"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        total={total}
        onOpen={({ id, key: name }) =>
          void (name === null
            ? navigate({ to: "/artifacts/artifact/$id", params: { id } })
            : navigate({ to: "/artifacts/key/$key", params: { key: name }, search: {} }))
        }
        empty={<NoArtifacts isFiltered={Object.keys(search).length > 0} />}
      />
    </>
  );
}

interface Row extends ArtifactRow {
  readonly runName?: string | undefined;
}

/** Runs are known by their names: those of a page of artifacts are few. */
async function withRunNames({ items, ...page }: Page<ArtifactRow>): Promise<Page<Row>> {
  const ids = [...new Set(items.flatMap(({ flowRunId }) => flowRunId ?? []))];
  const runs = ids.length === 0 ? [] : (await api.listFlowRunRows({ ids }, "created-desc", { limit: pageSize })).items;
  const names = new Map(runs.map(({ id, name }) => [id, name]));
  return { ...page, items: items.map((row) => ({ ...row, runName: names.get(row.flowRunId ?? "") })) };
}

const columns: readonly Column<Row>[] = [
  {
    id: "key",
    title: "Key",
    width: "minmax(140px, 1.4fr)",
    cell: ({ id, key }) =>
      key === null ? (
        <Link to="/artifacts/artifact/$id" params={{ id }} className="truncate font-mono text-small hover:underline">
          {id.slice(0, 13)}
        </Link>
      ) : (
        <Link
          to="/artifacts/key/$key"
          params={{ key }}
          search={{}}
          className="truncate font-medium hover:underline"
          title={key}
        >
          {key}
        </Link>
      ),
  },
  { id: "kind", title: "Kind", width: "88px", cell: ({ kind }) => <span className="truncate">{kind}</span> },
  {
    id: "description",
    title: "Description",
    width: "minmax(120px, 2fr)",
    isExtra: true,
    cell: ({ description }) => (
      <span className="truncate text-muted" title={description?.slice(0, 2000)}>
        {description?.slice(0, 300)}
      </span>
    ),
  },
  {
    id: "run",
    title: "Run",
    width: "minmax(116px, 1fr)",
    isExtra: true,
    cell: ({ flowRunId, runName }) => <ArtifactRun flowRunId={flowRunId} name={runName} />,
  },
  {
    id: "updated",
    title: "Updated",
    width: "84px",
    cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" />,
  },
];

function NoArtifacts({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No artifact matches">
        <Link to="/artifacts" search={{}} className="link">
          Show all artifacts
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No artifacts yet">
      <p className="mb-2">What a run leaves for people stands here: reports, tables, charts, progress.</p>
      <Command text={'await artifact.markdown("# Done", { key: "report" })'} />
    </Empty>
  );
}
