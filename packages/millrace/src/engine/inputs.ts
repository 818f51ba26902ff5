/** Waits for the futures among a call's inputs, also nested in arrays and plain objects, and puts their values in place. */

import { MillraceError } from "../contract/errors.ts";
import { brands } from "../contract/runtime.ts";
import { EngineFuture } from "./future.ts";
import { isFuture } from "./identity.ts";
import type { TaskExecution } from "./task-run.ts";

/** Who waits for whom, while it waits: a wait that leads back to itself is an error and not a hang. */
const waitsFor = new WeakMap<TaskExecution, ReadonlySet<TaskExecution>>();

export async function resolveInputs(
  args: readonly unknown[],
  waitFor: unknown,
  execution: TaskExecution,
): Promise<readonly unknown[]> {
  const upstream = new Map<unknown, { readonly allowFailure: boolean }>();
  collect(args, upstream, new Set());
  collect(waitFor, upstream, new Set());
  refuseCycle(execution, upstream.keys());
  const values = new Map<unknown, unknown>();
  try {
    await Promise.all(
      [...upstream].map(async ([future, { allowFailure }]) => {
        values.set(future, await valueOf(future, allowFailure, execution));
      }),
    );
  } finally {
    waitsFor.delete(execution);
  }
  return replace(args, values, new Map()) as readonly unknown[];
}

async function valueOf(future: unknown, allowFailure: boolean, execution: TaskExecution): Promise<unknown> {
  try {
    return await (future as PromiseLike<unknown>);
  } catch (error) {
    if (allowFailure) return error;
    const { taskName, state } = future as EngineFuture;
    throw new MillraceError(
      "UPSTREAM_FAILED",
      { task: execution.work.runName, upstream: taskName, state: state.name },
      { cause: error },
    );
  }
}

function refuseCycle(execution: TaskExecution, upstream: Iterable<unknown>): void {
  const direct = new Set<TaskExecution>();
  for (const future of upstream) if (future instanceof EngineFuture) direct.add(future.execution);
  waitsFor.set(execution, direct);
  const seen = new Set<TaskExecution>();
  const leadsBack = (from: TaskExecution): boolean => {
    if (from === execution) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(waitsFor.get(from) ?? [])].some(leadsBack);
  };
  for (const next of direct) {
    if (!leadsBack(next)) continue;
    waitsFor.delete(execution);
    throw new MillraceError("FUTURE_CYCLE", {
      task: execution.work.runName,
      cycle: `${execution.work.runName} → ${next.work.runName} → ${execution.work.runName}`,
    });
  }
}

function collect(value: unknown, found: Map<unknown, { readonly allowFailure: boolean }>, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  if (isFuture(value)) {
    found.set(value, { allowFailure: false });
  } else if (brands.allowFailure in value) {
    found.set((value as unknown as { value: unknown }).value, { allowFailure: true });
  } else if (!(brands.opaque in value) && isContainer(value)) {
    seen.add(value);
    for (const item of Object.values(value)) collect(item, found, seen);
  }
}

/** Copies only what holds a future; everything else is passed as it is. */
function replace(value: unknown, values: ReadonlyMap<unknown, unknown>, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isFuture(value)) return values.get(value);
  if (brands.allowFailure in value) return values.get((value as unknown as { value: unknown }).value);
  if (brands.opaque in value) return (value as unknown as { value: unknown }).value;
  if (!isContainer(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  copies.set(value, value);
  const entries = Object.entries(value).map(([name, item]) => [name, item, replace(item, values, copies)] as const);
  if (entries.every(([, item, replaced]) => item === replaced)) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  for (const [name, , replaced] of entries)
    Object.defineProperty(copy, name, { value: replaced, writable: true, enumerable: true, configurable: true });
  copies.set(value, copy);
  return copy;
}

function isContainer(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
