import { artifactCollectionId } from "../../../contract/artifact-collection-id.ts";
import type { Condition, Sort } from "../../../contract/query.ts";
import type { Artifact } from "../../../contract/records.ts";
import { parseJson } from "../../../kit/json.ts";
import type * as wire from "../schemas/artifacts.ts";
import type { FlowFilter, FlowRunFilter, DeploymentFilter, TaskRunFilter } from "../schemas/run-filters.ts";
import { toPrefectTime } from "../times.ts";
import { toPrefectData } from "./artifact-data.ts";
import { type OnUnreadable, readOr } from "./unreadable.ts";
import { fromField, fromFilters, joined } from "./filters.ts";

/** The kind of an artifact that a client gives no type. */
export const untyped = "";

/** Data that is no JSON is shown as the text that it is. */
export function toPrefectArtifact(artifact: Artifact, onUnreadable?: OnUnreadable): wire.Artifact {
  const { id, key, kind, description, data, metadata, flowRunId, taskRunId, createdAt, updatedAt } = artifact;
  const row = { kind: "artifact", id, onUnreadable } as const;
  return {
    id,
    created: toPrefectTime(createdAt),
    updated: toPrefectTime(updatedAt),
    key,
    type: toPrefectType(kind),
    description,
    data: readOr<unknown>(
      row,
      () => toPrefectData(kind, parseJson(data)),
      () => data,
    ),
    metadata_: readOr(
      row,
      () => (metadata == null ? null : (parseJson(metadata) as Record<string, string>)),
      () => null,
    ),
    flow_run_id: flowRunId,
    task_run_id: taskRunId,
  };
}

/** The series of a key, as its newest artifact. Null for one without a key. */
export function toPrefectCollection(artifact: Artifact, onUnreadable?: OnUnreadable): wire.ArtifactCollection | null {
  const { key } = artifact;
  if (key === null) return null;
  const id = artifactCollectionId(key);
  return { ...toPrefectArtifact(artifact, onUnreadable), key, id, latest_id: artifact.id };
}

/** Prefect has a link as the text of it. */
function toPrefectType(kind: string): string | null {
  if (kind === untyped) return null;
  return kind === "link" ? "markdown" : kind;
}

interface ArtifactFilters<Filter> {
  readonly artifacts: Filter | null;
  readonly flow_runs: FlowRunFilter | null;
  readonly task_runs: TaskRunFilter | null;
  readonly flows: FlowFilter | null;
  readonly deployments: DeploymentFilter | null;
}

export function fromArtifactFilters(filters: ArtifactFilters<wire.ArtifactFilter>): Condition {
  const { artifacts } = filters;
  const own = artifacts && joined(artifacts.operator, [fromField("id", artifacts.id), ...ofBoth(artifacts)]);
  return joined("and_", [own, ...ofRuns(filters)]);
}

/** Of the newest artifacts of keys. */
export function fromCollectionFilters(filters: ArtifactFilters<wire.ArtifactCollectionFilter>): Condition {
  const { artifacts } = filters;
  const own = artifacts && joined(artifacts.operator, [fromField("id", artifacts.latest_id), ...ofBoth(artifacts)]);
  return joined("and_", [{ field: "key", isNull: false }, { newestOf: "key" }, own, ...ofRuns(filters)]);
}

type SharedFilter = Omit<wire.ArtifactFilter, "id" | "operator">;

function ofBoth({ key, flow_run_id, task_run_id, type }: SharedFilter): readonly (Condition | null)[] {
  return [
    fromField("key", key),
    fromField("flowRunId", flow_run_id),
    fromField("taskRunId", task_run_id),
    fromField("kind", type),
  ];
}

function ofRuns(filters: ArtifactFilters<unknown>): readonly (Condition | null)[] {
  const { flow_runs, task_runs, flows, deployments } = filters;
  const ofFlowRuns = flow_runs ?? flows ?? deployments;
  return [
    ofFlowRuns && { related: "flow-run", where: fromFilters("flow-run", { flow_runs, flows, deployments }) },
    task_runs && { related: "task-run", where: fromFilters("task-run", { task_runs }) },
  ];
}

export const artifactSorts = {
  CREATED_DESC: { field: "createdAt", direction: "desc" },
  UPDATED_DESC: { field: "updatedAt", direction: "desc" },
  ID_DESC: { field: "id", direction: "desc" },
  KEY_DESC: { field: "key", direction: "desc" },
  KEY_ASC: { field: "key", direction: "asc" },
} as const satisfies Readonly<Record<string, Sort>>;
