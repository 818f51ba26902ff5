/** All versions of one key: how they have changed over time, one of them shown, two of them compared. */

import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { ArtifactRow } from "millrace/client";
import { useMemo, useState } from "react";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { type Content, toMeasure, toText } from "./artifact-data.ts";
import { ArtifactContent, ArtifactContents, readContents } from "./artifact-content.tsx";
import { ArtifactFacts } from "./artifact-facts.tsx";
import { DeleteArtifact } from "./delete-artifact.tsx";
import { DiffView } from "./diff-view.tsx";
import { isRowMoving, movingMs } from "./moving.ts";
import { Sparkline } from "./sparkline.tsx";

const step = 20;
/** What a version can be followed by is looked for in those that are no longer, in bytes. */
const maxFollowedBytes = 16 * 1024;
const newestFirst = { field: "createdAt", direction: "desc" } as const;

export function KeyPage() {
  const { key } = useParams({ from: "/artifacts/key/$key" });
  const [limit, setLimit] = useState(step);
  const [isAnyMoving, setMoving] = useState(false);
  const query = useLive({
    key: ["artifacts", "versions", key, limit],
    read: async () => {
      const [{ items, next }, total] = await Promise.all([
        api.listArtifactRows({ keys: [key], sort: newestFirst }, { limit }),
        api.count("artifact", { field: "key", in: [key] }),
      ]);
      setMoving(items.some(isRowMoving));
      const followed = await readContents(items.filter(isFollowed));
      return { items, followed, hasMore: next !== null, total };
    },
    concerns: ofKind("artifact-collection"),
    ...(isAnyMoving ? { everyMs: movingMs } : {}),
  });
  return (
    <Loaded query={query} title={key}>
      {({ items, followed, hasMore, total }) => (
        <Versions
          name={key}
          items={items}
          followed={followed}
          total={total}
          hasMore={hasMore}
          onMore={() => setLimit(limit + step)}
        />
      )}
    </Loaded>
  );
}

const isFollowed = ({ kind, sizeBytes }: ArtifactRow): boolean =>
  (kind === "progress" || kind === "table") && sizeBytes <= maxFollowedBytes;

function Versions(props: {
  readonly name: string;
  readonly items: readonly ArtifactRow[];
  readonly followed: readonly Content[];
  readonly total: number;
  readonly hasMore: boolean;
  readonly onMore: () => void;
}) {
  const { name, items, followed, total, hasMore, onMore } = props;
  const search = useSearch({ from: "/artifacts/key/$key" });
  const navigate = useNavigate({ from: "/artifacts/key/$key" });
  const measures = useMemo(() => followed.toReversed().flatMap((item) => toMeasure(item) ?? []), [followed]);
  const [first] = items;
  if (first === undefined) {
    return (
      <>
        <PageHead title={name} />
        <Empty title="No artifact has this key">
          <Link to="/artifacts" search={{}} className="link">
            Show all artifacts
          </Link>
        </Empty>
      </>
    );
  }
  const shown = items.find(({ id }) => id === search.version) ?? first;
  const other = items.find(({ id }) => id === search.with && id !== shown.id) ?? null;
  const last = measures.at(-1);
  return (
    <>
      <PageHead
        title={name}
        facts={
          <>
            <span>
              {toCount(total)} {total === 1 ? "version" : "versions"}
            </span>
            {last === undefined ? null : (
              <span className="flex items-center gap-2">
                {last.name}
                <Sparkline
                  values={measures.map(({ value }) => value)}
                  label={`${last.name} of the last ${measures.length} versions; now ${last.value}`}
                />
                <span className="text-fg">{Math.round(last.value * 1000) / 1000}</span>
              </span>
            )}
          </>
        }
        actions={<DeleteArtifact artifact={shown} onDeleted={() => void navigate({ search: {} })} />}
      />
      <div className="flex min-h-0 grow flex-col border-t border-line md:flex-row">
        <nav
          aria-label="Versions"
          className="max-h-40 shrink-0 overflow-auto border-line p-2 max-md:border-b md:max-h-none md:w-56 md:border-r"
        >
          <ul>
            {items.map((item, index) => (
              <li key={item.id}>
                <Link
                  to="/artifacts/key/$key"
                  params={{ key: name }}
                  search={(before) => ({ ...before, version: item.id })}
                  aria-current={item.id === shown.id ? "true" : undefined}
                  className={clsx(
                    "flex h-8 items-center justify-between gap-2 rounded-control px-2",
                    item.id === shown.id ? "bg-selected font-medium" : "hover:bg-hover",
                  )}
                >
                  <span className="truncate">
                    {toCount(total - index)} · {item.kind}
                  </span>
                  <Ago at={item.updatedAt} className="shrink-0 text-muted" />
                </Link>
              </li>
            ))}
          </ul>
          {hasMore ? (
            <Button kind="quiet" onClick={onMore}>
              Show older versions
            </Button>
          ) : null}
        </nav>
        <div className="flex min-h-0 min-w-0 grow flex-col gap-3 overflow-auto p-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
            <ArtifactFacts artifact={shown} />
          </div>
          {items.length < 2 ? null : (
            <label className="flex flex-wrap items-center gap-2">
              <span className="text-muted">Compare with</span>
              <Select
                value={other?.id ?? ""}
                onChange={(event) => {
                  const { value } = event.target;
                  void navigate({
                    search: ({ version }) => ({
                      ...(version === undefined ? {} : { version }),
                      ...(value === "" ? {} : { with: value }),
                    }),
                    replace: true,
                  });
                }}
                options={[
                  ["", "no other version"],
                  ...items.flatMap(({ id }, index) =>
                    id === shown.id ? [] : [[id, `version ${toCount(total - index)}`] as const],
                  ),
                ]}
              />
            </label>
          )}
          {shown.description === null ? null : (
            <p className="max-w-[72ch] break-words text-muted">{shown.description}</p>
          )}
          <h2 className="sr-only">Content</h2>
          {other === null ? (
            <ArtifactContent row={shown} />
          ) : (
            <ArtifactContents
              key={`${shown.id} ${other.id}`}
              rows={shown.createdAt < other.createdAt ? [shown, other] : [other, shown]}
            >
              {([before, after]) =>
                before === undefined || after === undefined ? (
                  <p className="text-muted">One of the two was deleted meanwhile.</p>
                ) : (
                  <DiffView
                    before={toText(before)}
                    after={toText(after)}
                    label="What has changed from the older to the newer version"
                  />
                )
              }
            </ArtifactContents>
          )}
          <div className="max-w-[720px]">
            <Command text={`millrace artifact versions ${name}`} />
          </div>
        </div>
      </div>
    </>
  );
}
