/** Schemas of contract/records.ts. */

import * as z from "zod";
import { uuid } from "./ids.ts";
import { jsonText } from "./json-text.ts";
import { condition, sort } from "./query.ts";
import { time } from "./states.ts";

const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "fatal"]);

const logFields = {
  flowRunId: uuid.nullable(),
  taskRunId: uuid.nullable(),
  attempt: z.int(),
  at: time,
  level: logLevel,
  severity: z.int().exactOptional(),
  logger: z.string(),
  message: z.string(),
  fields: z.string().nullable(),
  epoch: z.int().exactOptional(),
};

export const logLine = z.object(logFields).meta({ id: "LogLine" });

export const storedLogLine = z.object({ ...logFields, seq: z.number() }).meta({ id: "StoredLogLine" });

export const logFilter = z
  .object({
    flowRunIds: z.array(z.string()).exactOptional(),
    taskRunIds: z.array(z.string()).exactOptional(),
    minLevel: logLevel.exactOptional(),
    contains: z.string().exactOptional(),
    afterSeq: z.number().exactOptional(),
    where: condition.exactOptional(),
    sort: sort.exactOptional(),
  })
  .meta({ id: "LogFilter" });

const artifactKind = z.string();

export const artifact = z
  .object({
    id: uuid,
    key: z.string().nullable(),
    kind: artifactKind,
    description: z.string().nullable(),
    data: jsonText,
    flowRunId: uuid.nullable(),
    taskRunId: uuid.nullable(),
    createdAt: time,
    updatedAt: time,
    metadata: jsonText.nullable().exactOptional(),
    epoch: z.int().exactOptional(),
  })
  .meta({ id: "Artifact" });

export const artifactRow = artifact
  .pick({
    id: true,
    key: true,
    kind: true,
    description: true,
    flowRunId: true,
    taskRunId: true,
    createdAt: true,
    updatedAt: true,
  })
  .extend({ preview: z.string(), sizeBytes: z.number() })
  .meta({ id: "ArtifactRow" });

export const artifactFilter = z
  .object({
    ids: z.array(z.string()).exactOptional(),
    idPrefix: z.string().exactOptional(),
    keys: z.array(z.string()).exactOptional(),
    kinds: z.array(artifactKind).exactOptional(),
    flowRunIds: z.array(z.string()).exactOptional(),
    taskRunIds: z.array(z.string()).exactOptional(),
    latestOnly: z.boolean().exactOptional(),
    where: condition.exactOptional(),
    sort: sort.exactOptional(),
  })
  .meta({ id: "ArtifactFilter" });

const eventFields = {
  id: uuid,
  name: z.string(),
  at: time,
  flowRunId: uuid.nullable(),
  taskRunId: uuid.nullable(),
  resource: z.record(z.string(), z.string()),
  payload: z.string().nullable(),
  related: z.array(z.record(z.string(), z.string())).exactOptional(),
  follows: uuid.nullable().exactOptional(),
};

export const event = z.object(eventFields).meta({ id: "Event" });

export const storedEvent = z.object({ ...eventFields, seq: z.number() }).meta({ id: "StoredEvent" });

export const eventFilter = z
  .object({
    ids: z.array(z.string()).exactOptional(),
    afterSeq: z.number().exactOptional(),
    beforeSeq: z.number().exactOptional(),
    flowRunIds: z.array(z.string()).exactOptional(),
    taskRunIds: z.array(z.string()).exactOptional(),
    names: z.array(z.string()).exactOptional(),
    namePrefixes: z.array(z.string()).exactOptional(),
    exceptNames: z.array(z.string()).exactOptional(),
    exceptNamePrefixes: z.array(z.string()).exactOptional(),
    resourceIds: z.array(z.string()).exactOptional(),
    resourceIdPrefixes: z.array(z.string()).exactOptional(),
    since: time.exactOptional(),
    until: time.exactOptional(),
    order: z.enum(["oldest-first", "newest-first"]).exactOptional(),
  })
  .meta({ id: "EventFilter" });

export const pageRequest = z
  .object({
    limit: z.number().exactOptional(),
    offset: z.number().exactOptional(),
    cursor: z.string().nullable().exactOptional(),
  })
  .meta({ id: "PageRequest" });

/** A page of items. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
