/** Prefect's filters as conditions of ours. A request's filters of other nouns are joined: "flow runs whose deployment …". */

import type { Condition, FieldValue, Subject } from "../../../contract/query.ts";
import type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  TaskRunFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from "../schemas/run-filters.ts";

/** The filters that a request may have; absent and null do not restrict. */
export interface RequestFilters {
  readonly flows?: FlowFilter | null;
  readonly flow_runs?: FlowRunFilter | null;
  readonly task_runs?: TaskRunFilter | null;
  readonly deployments?: DeploymentFilter | null;
  readonly work_pools?: WorkPoolFilter | null;
  readonly work_pool_queues?: WorkQueueFilter | null;
  readonly work_queues?: WorkQueueFilter | null;
}

type Noun = Extract<Subject, "flow" | "flow-run" | "task-run" | "deployment" | "work-pool" | "work-queue">;

/** By way of which nouns one leads to another; directly where there is no entry. */
const ways: Readonly<Partial<Record<Noun, Readonly<Partial<Record<Noun, readonly Noun[]>>>>>> = {
  flow: {
    "task-run": ["flow-run"],
    "work-pool": ["deployment"],
    "work-queue": ["deployment"],
  },
  "task-run": {
    flow: ["flow-run"],
    deployment: ["flow-run"],
    "work-pool": ["flow-run"],
    "work-queue": ["flow-run"],
  },
  deployment: { "task-run": ["flow-run"] },
  "work-pool": { flow: ["deployment"], "task-run": ["flow-run"] },
  "work-queue": { flow: ["deployment"], "task-run": ["flow-run"] },
};

/** All of a request's filters as a condition on one noun. */
export function fromFilters(subject: Noun, filters: RequestFilters): Condition {
  const of = (noun: Noun, condition: Condition | null): readonly Condition[] =>
    condition === null ? [] : [noun === subject ? condition : related(subject, noun, condition)];
  return {
    all: [
      ...of("flow", map(filters.flows, fromFlowFilter)),
      ...of("flow-run", map(filters.flow_runs, fromFlowRunFilter)),
      ...of("task-run", map(filters.task_runs, fromTaskRunFilter)),
      ...of("deployment", map(filters.deployments, fromDeploymentFilter)),
      ...of("work-pool", map(filters.work_pools, fromWorkPoolFilter)),
      ...of("work-queue", map(filters.work_pool_queues ?? filters.work_queues, fromWorkQueueFilter)),
    ],
  };
}

function related(from: Noun, to: Noun, where: Condition): Condition {
  const steps = [...(ways[from]?.[to] ?? []), to];
  return steps.reduceRight<Condition>((inner, step) => ({ related: step, where: inner }), where);
}

function map<T>(filter: T | null | undefined, toCondition: (filter: T) => Condition): Condition | null {
  return filter == null ? null : toCondition(filter);
}

/** Conditions, each of which may not be there, joined as the filter says. */
export function joined(operator: "and_" | "or_", conditions: readonly (Condition | null)[]): Condition {
  const given = conditions.filter((condition) => condition !== null);
  // A filter that says nothing restricts nothing.
  if (given.length === 0) return { all: [] };
  return operator === "or_" ? { any: given } : { all: given };
}

interface FieldFilter {
  readonly any_?: readonly FieldValue[] | null;
  readonly not_any_?: readonly FieldValue[] | null;
  readonly like_?: string | null;
  readonly startswith_?: readonly string[] | null;
  readonly is_null_?: boolean | null;
  readonly exists_?: boolean | null;
  readonly eq_?: boolean | null;
  readonly before_?: number | null;
  readonly after_?: number | null;
  readonly ge_?: number | null;
  readonly le_?: number | null;
  readonly operator?: "and_" | "or_";
}

/** A filter of one field. Bounds of times are included. */
export function fromField(field: string, filter: FieldFilter | null | undefined): Condition | null {
  if (filter == null) return null;
  const { any_, not_any_, like_, startswith_, is_null_, exists_, eq_, before_, after_, ge_, le_ } = filter;
  const atLeast = after_ ?? ge_;
  const atMost = before_ ?? le_;
  return joined(filter.operator ?? "and_", [
    any_ == null ? null : { field, in: any_ },
    not_any_ == null ? null : { not: { field, in: not_any_ } },
    like_ == null ? null : { field, contains: like_ },
    startswith_ == null ? null : { any: startswith_.map((text) => ({ field, startsWith: text })) },
    is_null_ == null ? null : { field, isNull: is_null_ },
    exists_ == null ? null : { field, isNull: !exists_ },
    eq_ == null ? null : { field, in: [eq_] },
    atLeast == null ? null : { field, atLeast },
    atMost == null ? null : { field, atMost },
  ]);
}

interface TagsFilter {
  readonly operator?: "and_" | "or_";
  readonly all_?: readonly string[] | null;
  readonly any_?: readonly string[] | null;
  readonly is_null_?: boolean | null;
}

export function fromTags(filter: TagsFilter | null | undefined, field = "tags"): Condition | null {
  if (filter == null) return null;
  const { all_, any_, is_null_ } = filter;
  return joined(filter.operator ?? "and_", [
    all_ == null ? null : { field, hasAll: all_ },
    any_ == null ? null : { field, hasAny: any_ },
    is_null_ == null ? null : { field, isNull: is_null_ },
  ]);
}

export function fromFlowFilter(filter: FlowFilter): Condition {
  const isWithout = filter.deployment?.is_null_;
  const hasDeployment: Condition = { related: "deployment", where: { all: [] } };
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    fromTags(filter.tags),
    isWithout == null ? null : isWithout ? { not: hasDeployment } : hasDeployment,
  ]);
}

export function fromFlowRunFilter(filter: FlowRunFilter): Condition {
  const { state, work_queue_name: queue } = filter;
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    fromTags(filter.tags),
    fromField("deploymentId", filter.deployment_id),
    queue == null
      ? null
      : joined(queue.operator, [
          queue.any_ == null ? null : { related: "work-queue", where: { field: "name", in: queue.any_ } },
          queue.is_null_ == null ? null : { field: "workQueueId", isNull: queue.is_null_ },
        ]),
    state == null
      ? null
      : joined(state.operator, [fromField("stateType", state.type), fromField("stateName", state.name)]),
    fromField("version", filter.flow_version),
    fromField("startedAt", filter.start_time),
    fromField("endedAt", filter.end_time),
    fromField("expectedAt", filter.expected_start_time),
    fromField("dueAt", filter.next_scheduled_start_time),
    fromField("parentRunId", filter.parent_flow_run_id),
    fromField("parentTaskRunId", filter.parent_task_run_id),
    fromField("idempotencyKey", filter.idempotency_key),
  ]);
}

export function fromTaskRunFilter(filter: TaskRunFilter): Condition {
  const { state, subflow_runs: subflows, flow_run_id: ofFlowRun } = filter;
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    fromTags(filter.tags),
    state == null
      ? null
      : joined(state.operator, [fromField("stateType", state.type), fromField("stateName", state.name)]),
    fromField("startedAt", filter.start_time),
    fromField("endedAt", filter.end_time),
    fromField("createdAt", filter.expected_start_time),
    subflows?.exists_ == null ? null : { field: "childFlowRunId", isNull: !subflows.exists_ },
    ofFlowRun == null
      ? null
      : joined(ofFlowRun.operator, [
          ofFlowRun.any_ == null ? null : { field: "flowRunId", in: ofFlowRun.any_ },
          ofFlowRun.is_null_ === true ? { field: "flowRunId", isNull: true } : null,
        ]),
  ]);
}

export function fromDeploymentFilter(filter: DeploymentFilter): Condition {
  const { flow_or_deployment_name: either, work_queue_name: queue } = filter;
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    either?.like_ == null
      ? null
      : {
          any: [
            { field: "name", contains: either.like_ },
            { field: "flowName", contains: either.like_ },
          ],
        },
    fromField("paused", filter.paused),
    fromTags(filter.tags),
    queue?.any_ == null ? null : { related: "work-queue", where: { field: "name", in: queue.any_ } },
    fromField("concurrencyLimit", filter.concurrency_limit),
  ]);
}

export function fromWorkPoolFilter(filter: WorkPoolFilter): Condition {
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("name", filter.name),
    fromField("type", filter.type),
  ]);
}

export function fromWorkQueueFilter(filter: WorkQueueFilter): Condition {
  return joined(filter.operator, [fromField("id", filter.id), fromField("name", filter.name)]);
}
