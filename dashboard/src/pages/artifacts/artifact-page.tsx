/** One artifact. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { Command } from "../../ui/copy.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { ArtifactFacts } from "./artifact-facts.tsx";
import { ArtifactView, nameOf } from "./artifact-view.tsx";
import { DeleteArtifact } from "./delete-artifact.tsx";
import { isMoving, movingMs } from "./moving.ts";

export function ArtifactPage() {
  const { id } = useParams({ from: "/artifacts/artifact/$id" });
  const navigate = useNavigate();
  const [isMovingNow, setMoving] = useState(false);
  const query = useLive({
    key: ["artifacts", "one", id],
    read: async () => {
      const artifact = (await api.listArtifacts({ ids: [id] })).items[0] ?? null;
      setMoving(artifact !== null && isMoving(artifact));
      return artifact;
    },
    // A progress moves without an event.
    ...(isMovingNow ? { everyMs: movingMs } : {}),
  });
  return (
    <Loaded query={query} title="Artifact">
      {(artifact) =>
        artifact === null ? (
          <>
            <PageHead title="Artifact" />
            <Empty title="There is no such artifact">
              It was deleted, or its run was.{" "}
              <Link to="/artifacts" search={{}} className="link">
                Show all artifacts
              </Link>
            </Empty>
          </>
        ) : (
          <>
            <PageHead
              title={nameOf(artifact)}
              facts={<ArtifactFacts artifact={artifact} />}
              actions={
                <>
                  {artifact.key === null ? null : (
                    <Link
                      to="/artifacts/key/$key"
                      params={{ key: artifact.key }}
                      search={{ version: artifact.id }}
                      className="link"
                    >
                      All versions
                    </Link>
                  )}
                  <DeleteArtifact
                    artifact={artifact}
                    onDeleted={() => void navigate({ to: "/artifacts", search: {} })}
                  />
                </>
              }
            />
            <div className="flex min-h-0 min-w-0 flex-col gap-3 overflow-auto border-t border-line p-4">
              {artifact.description === null ? null : (
                <p className="max-w-[72ch] break-words text-muted">{artifact.description}</p>
              )}
              <h2 className="sr-only">Content</h2>
              <ArtifactView artifact={artifact} />
              <div className="max-w-[720px]">
                <Command text={`millrace artifact inspect ${artifact.id}`} />
              </div>
            </div>
          </>
        )
      }
    </Loaded>
  );
}
