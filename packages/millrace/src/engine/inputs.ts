/** Waits for the futures among a call's inputs, also nested in arrays and plain objects, and puts their values in place. */

import { MillraceError } from "../contract/errors.ts";
import { brands } from "../contract/runtime.ts";
import { EngineFuture } from "./future.ts";
import { isFuture } from "./identity.ts";
import type { TaskExecution } from "./task-run.ts";
import { beginWait } from "./waits.ts";

export async function resolveInputs(
  args: readonly unknown[],
  waitFor: unknown,
  execution: TaskExecution,
): Promise<readonly unknown[]> {
  const upstream = new Map<unknown, { readonly allowFailure: boolean }>();
  collect(args, upstream, new Set());
  collect(waitFor, upstream, new Set());
  const wait = beginWait(execution, executionsOf(upstream.keys()));
  const values = new Map<unknown, unknown>();
  try {
    const all = Promise.all(
      [...upstream].map(async ([future, { allowFailure }]) => {
        values.set(future, await valueOf(future, allowFailure, execution));
      }),
    );
    await (wait.stuck === null ? all : Promise.race([all, wait.stuck]));
  } finally {
    wait.end();
  }
  return replace(args, values, new Map()) as readonly unknown[];
}

function executionsOf(futures: Iterable<unknown>): ReadonlySet<TaskExecution> {
  const found = new Set<TaskExecution>();
  for (const future of futures) if (future instanceof EngineFuture) found.add(future.execution);
  return found;
}

async function valueOf(future: unknown, allowFailure: boolean, execution: TaskExecution): Promise<unknown> {
  try {
    // Not as the code around would await it: that the call waits for it has been noted.
    return await (future instanceof EngineFuture ? future.execution.done : (future as PromiseLike<unknown>));
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
