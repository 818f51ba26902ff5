/**
 * The events of slots that are taken and given back: one of each limit, as Prefect's client tells of its own, so that one
 * trigger sees both.
 */

import type { NamedLimit } from "./concurrency.ts";
import type { Event } from "./records.ts";
import type { FlowRunInfo, TaskRunInfo } from "./runtime.ts";

/** Events of the product that the process of a run tells by itself. */
export const slotEventNames = {
  acquired: "millrace.concurrency-limit.acquired",
  released: "millrace.concurrency-limit.released",
} as const;

export interface SlotsTold {
  /** Those of which slots are held. */
  readonly limits: readonly NamedLimit[];
  /** Of each. */
  readonly slots: number;
  readonly at: number;
  readonly flowRun: Pick<FlowRunInfo, "id" | "name" | "flowName" | "tags"> | null;
  readonly taskRun: Pick<TaskRunInfo, "id" | "name" | "tags"> | null;
  readonly newId: () => string;
}

export function toAcquiredEvents(told: SlotsTold): readonly Event[] {
  return told.limits.map((limit) => toEvent("acquired", limit, told));
}

/** Each follows the event of the same limit. */
export function toReleasedEvents(told: SlotsTold, acquired: readonly Event[]): readonly Event[] {
  return told.limits.map((limit, index) => {
    const before = acquired[index]?.id;
    return { ...toEvent("released", limit, told), ...(before === undefined ? {} : { follows: before }) };
  });
}

function toEvent(phase: keyof typeof slotEventNames, limit: NamedLimit, told: SlotsTold): Event {
  const { limits, slots, at, flowRun, taskRun, newId } = told;
  const others = limits.filter(({ id }) => id !== limit.id);
  return {
    id: newId(),
    name: slotEventNames[phase],
    at,
    flowRunId: flowRun?.id ?? null,
    taskRunId: taskRun?.id ?? null,
    resource: {
      id: idOf(limit),
      name: limit.name,
      "slots-acquired": String(slots),
      limit: String(limit.slots),
    },
    payload: null,
    related: [
      ...others.map((other) => ({ id: idOf(other), role: "concurrency-limit" })),
      ...(flowRun === null ? [] : [{ id: `millrace.flow-run.${flowRun.id}`, role: "flow-run", name: flowRun.name }]),
      ...(taskRun === null ? [] : [{ id: `millrace.task-run.${taskRun.id}`, role: "task-run", name: taskRun.name }]),
      ...tagsOf(told).map((tag) => ({ id: `millrace.tag.${tag}`, role: "tag" })),
    ],
  };
}

function idOf({ id }: NamedLimit): string {
  return `millrace.concurrency-limit.${id}`;
}

function tagsOf({ flowRun, taskRun }: SlotsTold): readonly string[] {
  return [...new Set([...(flowRun?.tags ?? []), ...(taskRun?.tags ?? [])])].toSorted();
}
