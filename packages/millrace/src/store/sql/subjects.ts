/**
 * The nouns as tables: which column holds a field, and how what belongs to it is found. What is not listed here can neither
 * be asked for nor sorted by.
 */

import type { Subject } from "../../contract/query.ts";

/** How a column holds a field. `list` is a JSON list of texts, `json` a part of the JSON in `body`. */
export type FieldType = "uuid" | "text" | "number" | "boolean" | "list";

export interface Field {
  readonly column: string;
  readonly type: FieldType;
  /** What rows are sorted by, none of which is null: an upper bound holds for it too, and an index of it answers then. */
  readonly sorted?: string;
}

/** `on` are equal columns: one of this noun, one of the other. Several steps lead over other nouns. */
export interface Relation {
  readonly on: readonly [own: string, other: string];
}

export interface SubjectTable {
  readonly table: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** By the other noun. */
  readonly relations: Readonly<Partial<Record<Subject, Relation>>>;
}

function fields(types: Readonly<Record<string, FieldType>>): Readonly<Record<string, Field>> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { column: toColumn(name), type }]));
}

export function toColumn(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What every noun has that people make. */
const base = { id: "uuid", revision: "number", createdAt: "number", updatedAt: "number" } as const;

export const subjects: Readonly<Record<Subject, SubjectTable>> = {
  "flow-run": {
    table: "flow_run",
    fields: {
      ...fields({
        id: "uuid",
        flowName: "text",
        name: "text",
        stateType: "text",
        stateName: "text",
        stateAt: "number",
        history: "text",
        tags: "list",
        parentRunId: "uuid",
        parentTaskRunId: "uuid",
        rootRunId: "uuid",
        deploymentId: "uuid",
        idempotencyKey: "text",
        version: "text",
        createdAt: "number",
        expectedAt: "number",
        startedAt: "number",
        endedAt: "number",
        runCount: "number",
        ownerId: "text",
        workPoolId: "uuid",
        workQueueId: "uuid",
        autoScheduled: "boolean",
        dueAt: "number",
      }),
      dueAt: { column: "due_at", type: "number", sorted: "coalesce({name}.due_at, 1e18)" },
    },
    relations: {
      flow: { on: ["flow_name", "name"] },
      deployment: { on: ["deployment_id", "id"] },
      "task-run": { on: ["id", "flow_run_id"] },
      "work-pool": { on: ["work_pool_id", "id"] },
      "work-queue": { on: ["work_queue_id", "id"] },
      artifact: { on: ["id", "flow_run_id"] },
      "flow-run": { on: ["parent_run_id", "id"] },
    },
  },
  "task-run": {
    table: "task_run",
    fields: fields({
      id: "uuid",
      flowRunId: "uuid",
      parentId: "uuid",
      childFlowRunId: "uuid",
      kind: "text",
      taskName: "text",
      name: "text",
      key: "text",
      stateType: "text",
      stateName: "text",
      stateAt: "number",
      history: "text",
      tags: "list",
      attempt: "number",
      cacheKey: "text",
      createdAt: "number",
      startedAt: "number",
      endedAt: "number",
      dueAt: "number",
    }),
    relations: { "flow-run": { on: ["flow_run_id", "id"] }, artifact: { on: ["id", "task_run_id"] } },
  },
  artifact: {
    table: "artifact",
    fields: fields({
      id: "uuid",
      flowRunId: "uuid",
      taskRunId: "uuid",
      key: "text",
      kind: "text",
      description: "text",
      createdAt: "number",
      updatedAt: "number",
    }),
    relations: { "flow-run": { on: ["flow_run_id", "id"] }, "task-run": { on: ["task_run_id", "id"] } },
  },
  log: {
    table: "log",
    fields: fields({
      seq: "number",
      flowRunId: "uuid",
      taskRunId: "uuid",
      attempt: "number",
      at: "number",
      severity: "number",
      logger: "text",
      message: "text",
    }),
    relations: {},
  },
  variable: {
    table: "variable",
    fields: fields({ ...base, name: "text", tags: "list" }),
    relations: {},
  },
  flow: {
    table: "flow",
    fields: fields({ ...base, name: "text", tags: "list" }),
    relations: { "flow-run": { on: ["name", "flow_name"] }, deployment: { on: ["id", "flow_id"] } },
  },
  deployment: {
    table: "deployment",
    fields: fields({
      ...base,
      flowId: "uuid",
      flowName: "text",
      name: "text",
      paused: "boolean",
      tags: "list",
      workPoolId: "uuid",
      workQueueId: "uuid",
      concurrencyLimit: "number",
      polledAt: "number",
    }),
    relations: {
      flow: { on: ["flow_id", "id"] },
      "flow-run": { on: ["id", "deployment_id"] },
      "work-pool": { on: ["work_pool_id", "id"] },
      "work-queue": { on: ["work_queue_id", "id"] },
      schedule: { on: ["id", "deployment_id"] },
    },
  },
  schedule: {
    table: "schedule",
    fields: fields({ ...base, deploymentId: "uuid", slug: "text", active: "boolean", nextAt: "number" }),
    relations: { deployment: { on: ["deployment_id", "id"] } },
  },
  "work-pool": {
    table: "work_pool",
    fields: fields({ ...base, name: "text", type: "text", paused: "boolean" }),
    relations: {
      "work-queue": { on: ["id", "work_pool_id"] },
      "flow-run": { on: ["id", "work_pool_id"] },
      deployment: { on: ["id", "work_pool_id"] },
    },
  },
  "work-queue": {
    table: "work_queue",
    fields: fields({
      ...base,
      workPoolId: "uuid",
      name: "text",
      priority: "number",
      paused: "boolean",
      polledAt: "number",
    }),
    relations: {
      "work-pool": { on: ["work_pool_id", "id"] },
      "flow-run": { on: ["id", "work_queue_id"] },
      deployment: { on: ["id", "work_queue_id"] },
    },
  },
  worker: {
    table: "worker",
    fields: fields({ ...base, workPoolId: "uuid", name: "text", heartbeatAt: "number" }),
    relations: { "work-pool": { on: ["work_pool_id", "id"] } },
  },
  "block-type": {
    table: "block_type",
    fields: fields({ ...base, slug: "text", name: "text" }),
    relations: { "block-schema": { on: ["id", "block_type_id"] }, "block-document": { on: ["id", "block_type_id"] } },
  },
  "block-schema": {
    table: "block_schema",
    fields: fields({
      ...base,
      blockTypeId: "uuid",
      checksum: "text",
      schemaVersion: "text",
      capabilities: "list",
    }),
    relations: { "block-type": { on: ["block_type_id", "id"] }, "block-document": { on: ["id", "block_schema_id"] } },
  },
  "block-document": {
    table: "block_document",
    fields: fields({
      ...base,
      blockTypeId: "uuid",
      blockSchemaId: "uuid",
      name: "text",
      anonymous: "boolean",
    }),
    relations: { "block-type": { on: ["block_type_id", "id"] }, "block-schema": { on: ["block_schema_id", "id"] } },
  },
  "concurrency-limit": {
    table: "concurrency_limit",
    fields: fields({
      ...base,
      name: "text",
      active: "boolean",
      slots: "number",
      taken: "number",
      takenAt: "number",
      decayPerSecond: "number",
      denied: "number",
    }),
    relations: {},
  },
  "slot-lease": {
    table: "slot_lease",
    fields: fields({ ...base, expiresAt: "number", holder: "text", limitIds: "list", slots: "number" }),
    relations: {},
  },
  automation: {
    table: "automation",
    fields: fields({ ...base, name: "text", enabled: "boolean", tags: "list", owner: "text" }),
    relations: { "automation-firing": { on: ["id", "automation_id"] } },
  },
  "automation-firing": {
    table: "automation_firing",
    fields: fields({ ...base, automationId: "uuid", status: "text" }),
    relations: { automation: { on: ["automation_id", "id"] } },
  },
  "saved-search": { table: "saved_search", fields: fields({ ...base, name: "text" }), relations: {} },
  webhook: {
    table: "webhook",
    fields: fields({ ...base, name: "text", slug: "text", enabled: "boolean" }),
    relations: {},
  },
  "deployment-version": {
    table: "deployment_version",
    fields: fields({ ...base, deploymentId: "uuid", number: "number", contentHash: "text" }),
    relations: { deployment: { on: ["deployment_id", "id"] } },
  },
  configuration: { table: "configuration", fields: fields({ ...base, name: "text" }), relations: {} },
};
