/** Schemas of contract/objects.ts. A kind's fields are in one table, of which the object, the new one and the change are made. */

import * as z from "zod";
import type { JsonObject, ObjectKind } from "../../objects.ts";
import { objectKinds } from "../../query.ts";
import * as automations from "./automations.ts";
import { uuid } from "./ids.ts";
import { jsonText } from "./json-text.ts";
import { condition, sort } from "./query.ts";
import { time } from "./states.ts";

const id = uuid;
const json = z.unknown();
const jsonObject = z.record(z.string(), z.unknown());
const text = z.string();
const name = z.string().min(1);
const tags = z.array(z.string());
export const labels = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const count = z.int().min(0);
const variableName = z.string().regex(/^[a-z0-9_-]{1,255}$/);

/** Optional ones may be absent; they are kept as they are given. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.exactOptional();

const readiness = z.enum(["ready", "not-ready", "paused"]);

const webhookTemplate = z.strictObject({
  event: name,
  resource: optional(z.record(z.string(), z.string())),
  payload: optional(json),
});

const webhookSignature = z.strictObject({
  scheme: z.enum(["github", "timestamped", "header", "standard"]),
  secretName: name,
  header: optional(name),
  toleranceMs: optional(z.number().min(1)),
});

// Whoever reads an object has them as JSON.
const trigger = automations.trigger as z.ZodType<unknown> as z.ZodType<JsonObject>;
const actions = automations.actions as z.ZodType<unknown> as z.ZodType<JsonObject[]>;

const fields = {
  flow: { name, tags, labels: optional(labels) },
  deployment: {
    flowId: id,
    flowName: name,
    name,
    paused: z.boolean(),
    tags,
    workPoolId: id.nullable(),
    workQueueId: id.nullable(),
    concurrencyLimit: count.nullable(),
    polledAt: time.nullable(),
    description: optional(text.nullable()),
    labels: optional(labels),
    version: optional(text.nullable()),
    contentHash: optional(text.nullable()),
    parameters: optional(jsonObject),
    parameterSchema: optional(jsonObject.nullable()),
    enforcesSchema: optional(z.boolean()),
    entrypoint: optional(text.nullable()),
    path: optional(text.nullable()),
    pullSteps: optional(z.array(jsonObject).nullable()),
    jobVariables: optional(jsonObject),
    collisionStrategy: optional(z.enum(["enqueue", "cancel-new", "cancel-running", "latest-only"])),
    startGraceMs: optional(z.number().min(0)),
    concurrencyLimitId: optional(id.nullable()),
    readiness: optional(readiness),
    storageDocumentId: optional(id.nullable()),
    infrastructureDocumentId: optional(id.nullable()),
    createdBy: optional(json),
    updatedBy: optional(json),
    versionInfo: optional(json),
    versionNumber: optional(z.int().min(1)),
  },
  schedule: {
    deploymentId: id,
    slug: text.nullable(),
    active: z.boolean(),
    nextAt: time.nullable(),
    spec: jsonObject,
    parameters: optional(jsonObject),
    maxScheduledRuns: optional(count.nullable()),
    catchUp: optional(jsonObject),
    jitterMs: optional(z.number().min(0)),
    startAt: optional(time.nullable()),
    endAt: optional(time.nullable()),
    madeUntil: optional(time.nullable()),
  },
  "work-pool": {
    name,
    type: name,
    paused: z.boolean(),
    description: optional(text.nullable()),
    concurrencyLimit: optional(count.nullable()),
    baseJobTemplate: optional(jsonObject),
    defaultQueueId: optional(id.nullable()),
    storageConfiguration: optional(jsonObject),
    readiness: optional(readiness),
  },
  "work-queue": {
    workPoolId: id,
    name,
    priority: z.int().min(1),
    paused: z.boolean(),
    polledAt: time.nullable(),
    description: optional(text.nullable()),
    concurrencyLimit: optional(count.nullable()),
    readiness: optional(readiness),
  },
  worker: {
    workPoolId: id,
    name,
    heartbeatAt: time,
    heartbeatIntervalMs: optional(z.number().nullable()),
    runtime: optional(z.enum(["node", "python"])),
  },
  "block-type": {
    slug: name,
    name,
    logoUrl: optional(text.nullable()),
    documentationUrl: optional(text.nullable()),
    description: optional(text.nullable()),
    codeExample: optional(text.nullable()),
    isProtected: optional(z.boolean()),
  },
  "block-schema": {
    blockTypeId: id,
    checksum: name,
    schemaVersion: text,
    capabilities: z.array(text),
    fields: optional(jsonObject),
  },
  "block-document": {
    blockTypeId: id,
    blockSchemaId: id,
    name,
    anonymous: z.boolean(),
    data: optional(jsonObject),
    sealed: optional(text),
  },
  "concurrency-limit": {
    name,
    active: z.boolean(),
    slots: count,
    taken: z.number().min(0),
    takenAt: time,
    decayPerSecond: z.number().min(0),
    denied: z.number().min(0),
    averageSeconds: optional(z.number()),
    waiting: optional(z.array(z.object({ holder: text, since: time, until: time }))),
  },
  "slot-lease": {
    expiresAt: time,
    holder: text,
    limitIds: z.array(id),
    slots: z.int().min(1),
    processId: optional(text),
  },
  automation: {
    name,
    enabled: z.boolean(),
    tags,
    owner: text.nullable(),
    description: optional(text),
    trigger: optional(trigger),
    actions: optional(actions),
    actionsOnTrigger: optional(actions),
    actionsOnResolve: optional(actions),
  },
  "automation-firing": {
    automationId: id,
    status: z.enum(["pending", "done", "failed"]),
    firing: optional(jsonObject),
    outcomes: optional(z.array(jsonObject)),
    tries: optional(z.array(jsonObject)),
  },
  variable: { name: variableName, value: jsonText, tags },
  "saved-search": { name, filters: optional(json) },
  webhook: {
    name,
    slug: name,
    enabled: z.boolean(),
    description: optional(text),
    template: optional(webhookTemplate),
    signature: optional(webhookSignature.nullable()),
  },
  "deployment-version": {
    deploymentId: id,
    number: z.int().min(1),
    contentHash: text,
    definition: optional(jsonObject),
    by: optional(json),
    rolledBackTo: optional(z.int().min(1)),
  },
  configuration: { name, value: optional(json) },
} as const satisfies Readonly<Record<ObjectKind, z.ZodRawShape>>;

export const objectKind = z.enum(objectKinds).meta({ id: "ObjectKind" });

const baseFields = { id, revision: z.number(), createdAt: time, updatedAt: time };

interface SchemasOfKind {
  readonly whole: z.ZodObject;
  readonly created: z.ZodObject;
  readonly change: z.ZodObject;
}

function toSchemas(kind: ObjectKind): SchemasOfKind {
  const own: z.ZodRawShape = fields[kind];
  const title = kind.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  return {
    whole: z.strictObject({ ...baseFields, ...own }).meta({ id: title }),
    created: z.strictObject({ ...own, id: optional(id) }).meta({ id: `New${title}` }),
    change: z
      .strictObject(own)
      .partial()
      .meta({ id: `${title}Change` }),
  };
}

/** Of each kind: the object, what a new one is made of, and what of it can be changed. */
export const objectSchemas = Object.fromEntries(objectKinds.map((kind) => [kind, toSchemas(kind)])) as Readonly<
  Record<ObjectKind, SchemasOfKind>
>;

/** An object of a kind as its schema has it, for the test that compares it with the interface. */
export type ObjectBySchema<Kind extends ObjectKind> = z.infer<z.ZodObject<typeof baseFields>> &
  z.infer<z.ZodObject<(typeof fields)[Kind]>>;

/** What a new object of some kind is made of. */
export const anyNewObject = z.union(objectKinds.map((kind) => objectSchemas[kind].created)).meta({ id: "NewObject" });

/** What can be changed of an object of some kind. */
export const anyObjectChange = z
  .union(objectKinds.map((kind) => objectSchemas[kind].change))
  .meta({ id: "ObjectChange" });

export const anyObject = z.union(objectKinds.map((kind) => objectSchemas[kind].whole)).meta({ id: "AnyObject" });

export const objectQuery = z
  .object({ where: condition.exactOptional(), sort: sort.exactOptional() })
  .meta({ id: "ObjectQuery" });
