/** What an artifact holds, read when it is shown: lists have only the start of it. */

import type { Artifact, ArtifactRow } from "millrace/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { type Content, wholeOf } from "./artifact-data.ts";
import { ArtifactView } from "./artifact-view.tsx";

/** In the order of the rows; those that were deleted meanwhile are left out. */
export async function readContents(rows: readonly ArtifactRow[]): Promise<readonly Content[]> {
  const ids = rows.filter((row) => wholeOf(row) === null).map(({ id }) => id);
  const read: readonly Artifact[] =
    ids.length === 0 ? [] : (await api.listArtifacts({ ids }, { limit: ids.length })).items;
  const byId = new Map(read.map((artifact) => [artifact.id, artifact]));
  return rows.flatMap((row) => wholeOf(row) ?? byId.get(row.id) ?? []);
}

/** @param children what is made of the contents, one for each row; those that are gone are left out */
export function ArtifactContents(props: {
  readonly rows: readonly ArtifactRow[];
  readonly children: (contents: readonly Content[]) => ReactNode;
}) {
  const { rows, children } = props;
  const whole = rows.flatMap((row) => wholeOf(row) ?? []);
  const isWhole = whole.length === rows.length;
  const query = useLive({
    key: ["artifacts", "contents", rows.map(({ id, updatedAt }) => [id, updatedAt])],
    read: () => readContents(rows),
    isEnabled: !isWhole,
  });
  return isWhole ? children(whole) : <Loaded query={query}>{children}</Loaded>;
}

export function ArtifactContent({ row }: { readonly row: ArtifactRow }) {
  return (
    <ArtifactContents key={row.id} rows={[row]}>
      {([content]) =>
        content === undefined ? (
          <p className="text-muted">It was deleted meanwhile.</p>
        ) : (
          <ArtifactView artifact={content} />
        )
      }
    </ArtifactContents>
  );
}

/** Draws what it holds once it comes into sight, and keeps it then. */
export function WhenSeen({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null || isSeen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isSeen]);
  return (
    <div ref={place} className={isSeen ? "min-w-0" : "min-h-24"}>
      {isSeen ? children : null}
    </div>
  );
}
