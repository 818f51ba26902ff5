import type { TaskDefinition } from "../contract/definitions.ts";
import { brands } from "../contract/runtime.ts";

type Fallback = NonNullable<TaskDefinition["options"]["fallback"]>;
type Callable = (...args: readonly unknown[]) => unknown;

/** What a task gives in place of its result when its retries are spent: of another task, of a function, or a value. */
export function fallBack(fallback: Fallback, error: unknown, args: readonly unknown[]): unknown {
  if (brands.definition in fallback) return (fallback as unknown as Callable)(...args);
  if (typeof fallback === "function") return (fallback as unknown as Callable)(error, ...args);
  return (fallback as { readonly value: unknown }).value;
}
