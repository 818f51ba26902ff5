/** One attempt of a task's body, in place. */

import type { TaskDefinition } from "../../contract/definitions.ts";
import { brands } from "../../contract/runtime.ts";
import { isPlainObject } from "../../kit/kinds.ts";

/** Runs the body; a generator's values are collected. */
export async function runInline(definition: TaskDefinition, args: readonly unknown[]): Promise<unknown> {
  if (!definition.isGenerator) return callBody(definition, args);
  const values: unknown[] = [];
  for await (const value of callBody(definition, args) as AsyncIterable<unknown>) values.push(value);
  return values;
}

/** What the body returns: a value, a promise or a generator. */
export function callBody(definition: TaskDefinition, args: readonly unknown[]): unknown {
  return (definition.fn as (...args: readonly unknown[]) => unknown)(...args);
}

/** The arguments with the values of the futures among them, also nested in arrays and plain objects. */
export async function resolveInline(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (brands.opaque in value || brands.unmapped in value) return (value as unknown as { value: unknown }).value;
  if (brands.future in value) return value;
  if (brands.allowFailure in value) {
    return (value as unknown as { value: PromiseLike<unknown> }).value.then(undefined, (error: unknown) => error);
  }
  if (Array.isArray(value)) return holdsFuture(value) ? Promise.all(value.map(resolveInline)) : value;
  if (!isPlainObject(value) || !holdsFuture(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([name, item]) => [name, await resolveInline(item)] as const),
  );
  return Object.fromEntries(entries);
}

function holdsFuture(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (brands.future in value || brands.allowFailure in value || brands.opaque in value) return true;
  return (Array.isArray(value) || isPlainObject(value)) && Object.values(value).some(holdsFuture);
}
