/** What a run has left, for its page. */

import { Link } from "@tanstack/react-router";
import type { ArtifactRow, ArtifactFilter, StoredEvent } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { ArtifactContent, WhenSeen } from "./artifact-content.tsx";
import { nameOf } from "./artifact-view.tsx";
import { isRowMoving, movingMs } from "./moving.ts";

/** Each is drawn, once it is seen. */
const step = 20;

export function ArtifactsTab(props: {
  /** The run, or the task run. */
  readonly of: Pick<ArtifactFilter, "flowRunIds" | "taskRunIds">;
  readonly concerns: (event: StoredEvent) => boolean;
}) {
  const { of, concerns } = props;
  const [limit, setLimit] = useState(step);
  const [isAnyMoving, setMoving] = useState(false);
  const query = useLive({
    key: ["artifacts", "of-run", of, limit],
    read: async () => {
      const { items, next } = await api.listArtifactRows(
        { ...of, sort: { field: "createdAt", direction: "desc" } },
        { limit },
      );
      setMoving(items.some(isRowMoving));
      return { items, hasMore: next !== null };
    },
    concerns,
    ...(isAnyMoving ? { everyMs: movingMs } : {}),
  });
  return (
    <Loaded query={query}>
      {({ items, hasMore }) =>
        items.length === 0 ? (
          <Empty title="It has left no artifacts">
            Reports, tables, charts and progress that its code makes with{" "}
            <code className="font-mono text-small">artifact</code> stand here.
          </Empty>
        ) : (
          <div className="flex min-h-0 min-w-0 grow flex-col gap-3 overflow-auto p-4">
            {items.map((artifact) => (
              <ArtifactPanel key={artifact.id} artifact={artifact} />
            ))}
            {hasMore ? (
              <Button className="self-start" onClick={() => setLimit(limit + step)}>
                Show more artifacts
              </Button>
            ) : null}
          </div>
        )
      }
    </Loaded>
  );
}

function ArtifactPanel({ artifact }: { readonly artifact: ArtifactRow }) {
  const { id, key, kind, description, updatedAt } = artifact;
  return (
    <Panel
      title={nameOf(artifact)}
      className="min-w-0 shrink-0"
      aside={
        <span className="flex shrink-0 items-center gap-3 text-small text-muted">
          {kind}
          <Ago at={updatedAt} />
          {key === null ? (
            <Link to="/artifacts/artifact/$id" params={{ id }} className="link">
              Open
            </Link>
          ) : (
            <Link to="/artifacts/key/$key" params={{ key }} search={{ version: id }} className="link">
              Versions
            </Link>
          )}
        </span>
      }
    >
      <div className="flex min-w-0 flex-col gap-2 p-3">
        {description === null ? null : <p className="max-w-[72ch] break-words text-muted">{description}</p>}
        <WhenSeen>
          <ArtifactContent row={artifact} />
        </WhenSeen>
      </div>
    </Panel>
  );
}
