/** The newest artifact of each key. */

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Artifact, Condition } from "millrace/client";
import { useEffect, useMemo } from "react";
import { api } from "../../api/api.ts";
import { onEvents } from "../../api/live.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { Command } from "../../ui/copy.tsx";
import { Select, TextInput } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, ErrorNote, Sketch } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { ArtifactRun } from "./artifact-facts.tsx";
import type { ArtifactsSearch } from "./artifacts-search.ts";

/** Their content comes with them, up to a megabyte each. */
const pageSize = 50;
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
  const client = useQueryClient();
  const key = useMemo(() => ["artifacts", "newest", search], [search]);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => {
      const where =
        search.kind === undefined ? toScope(search) : { all: [toScope(search), { field: "kind", in: [search.kind] }] };
      return api.listArtifacts(
        { where, sort: { field: "updatedAt", direction: "desc" } },
        { limit: pageSize, cursor: pageParam },
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const kinds = useLive({
    key: ["artifacts", "kinds", { ...search, kind: undefined }],
    read: () => api.countBy("artifact", "kind", toScope(search)),
    concerns: ofArtifacts,
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = onEvents((events) => {
      if (timer !== null || !events.some(ofArtifacts)) return;
      timer = setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: key, exact: true });
      }, 1000);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, key]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const counts = kinds.data ?? [];
  const total = counts.reduce(
    (sum, { value, count }) => sum + (search.kind === undefined || value === search.kind ? count : 0),
    0,
  );
  const set = (change: { readonly [Name in keyof ArtifactsSearch]?: ArtifactsSearch[Name] | undefined }): void => {
    void navigate({
      search: (before) =>
        Object.fromEntries(
          Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== ""),
        ),
      replace: true,
    });
  };
  return (
    <>
      <PageHead title="Artifacts" facts={kinds.data === undefined ? null : <span>{toCount(total)}</span>} />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <TextInput
          aria-label="Key or description"
          placeholder="Key or description"
          key={search.q === undefined ? "none" : "some"}
          defaultValue={search.q ?? ""}
          onChange={(event) => set({ q: event.target.value })}
          className="w-52"
        />
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
      {query.error !== null && rows.length === 0 ? (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Sketch rows={10} />
      ) : rows.length === 0 ? (
        <NoArtifacts isFiltered={Object.keys(search).length > 0} />
      ) : (
        <Table
          label="Artifacts"
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          total={Math.max(total, rows.length)}
          onOpen={({ id, key: name }) =>
            void (name === null
              ? navigate({ to: "/artifacts/artifact/$id", params: { id } })
              : navigate({ to: "/artifacts/key/$key", params: { key: name }, search: {} }))
          }
          onEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
    </>
  );
}

const columns: readonly Column<Artifact>[] = [
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
    width: "116px",
    isExtra: true,
    cell: ({ flowRunId }) => <ArtifactRun flowRunId={flowRunId} />,
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
