/** Events of artifacts with a key, which are versions of one thing: `millrace.artifact-collection.created`, `updated`, `deleted`. */

import { artifactCollectionId } from "../contract/artifact-collection-id.ts";
import type { Artifact, Event } from "../contract/records.ts";
import { stateEventId } from "../contract/state-event-id.ts";
import type { EventToWrite, Store } from "../contract/store.ts";
import { uuidv7 } from "../kit/ids.ts";

type Artifacts = Pick<Store, "findArtifacts">;

/** Of the versions that are new; one that changes, as progress does, tells nothing. Sent twice, they have the same ids. */
export async function eventsOfArtifacts(
  store: Artifacts,
  artifacts: readonly Artifact[],
): Promise<readonly EventToWrite[]> {
  const keyed = artifacts.flatMap((artifact) => (artifact.key === null ? [] : { artifact, key: artifact.key }));
  if (keyed.length === 0) return [];
  const ids = keyed.map(({ artifact }) => artifact.id);
  const known = new Set((await store.findArtifacts({ ids }, { limit: ids.length })).items.map(({ id }) => id));
  const keys = [...new Set(keyed.map(({ key }) => key))];
  const { items } = await store.findArtifacts({ keys, latestOnly: true }, { limit: keys.length });
  const seen = new Set(items.map(({ key }) => key));
  const events: EventToWrite[] = [];
  for (const { artifact, key } of keyed) {
    if (known.has(artifact.id)) continue;
    known.add(artifact.id);
    const name = nameOf(seen.has(key) ? "updated" : "created");
    seen.add(key);
    const at = artifact.createdAt;
    const id = stateEventId(artifact.id, { name, at });
    events.push({ ...describe(artifact, key), id, name, at, artifactId: artifact.id });
  }
  return events;
}

/** For the last version of a key that is deleted; undefined for an artifact without one. */
export function eventOfEnd(artifact: Artifact, now: number): Event | undefined {
  if (artifact.key === null) return undefined;
  return { ...describe(artifact, artifact.key), id: uuidv7(), name: nameOf("deleted"), at: now };
}

function nameOf(what: "created" | "updated" | "deleted"): string {
  return `millrace.artifact-collection.${what}`;
}

function describe({ id, kind, flowRunId, taskRunId }: Artifact, key: string): Omit<Event, "id" | "name" | "at"> {
  return {
    flowRunId,
    taskRunId,
    resource: { id: `millrace.artifact-collection.${artifactCollectionId(key)}`, name: key, type: kind },
    payload: null,
    related: [
      { id: `millrace.artifact.${id}`, role: "latest" },
      ...(flowRunId === null ? [] : [{ id: `millrace.flow-run.${flowRunId}`, role: "flow-run" }]),
      ...(taskRunId === null ? [] : [{ id: `millrace.task-run.${taskRunId}`, role: "task-run" }]),
    ],
  };
}
