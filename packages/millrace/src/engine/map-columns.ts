/** The arguments of a map: which are mapped over, and which are passed whole. */

import type { TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { brands, type TaskFuture } from "../contract/runtime.ts";

export type Column =
  | { readonly kind: "mapped"; readonly items: readonly unknown[] }
  | { readonly kind: "whole"; readonly value: unknown };

/** @throws USAGE where they are not equally long, or none is mapped over */
export function toColumns(
  definition: TaskDefinition,
  args: readonly unknown[],
): { readonly columns: readonly Column[]; readonly length: number } {
  const columns = args.map((arg) => toColumn(definition, arg));
  return { columns, length: commonLength(definition, columns) };
}

/** The arguments of one item. */
export function itemAt(columns: readonly Column[], at: number): readonly unknown[] {
  return columns.map((column) => (column.kind === "mapped" ? column.items[at] : column.value));
}

function toColumn(definition: TaskDefinition, arg: unknown): Column {
  if (typeof arg !== "object" || arg === null) return { kind: "whole", value: arg };
  if (brands.unmapped in arg) return { kind: "whole", value: (arg as unknown as { value: unknown }).value };
  if (brands.future in arg) {
    throw new MillraceError("USAGE", {
      reason: `${definition.name}.map() was given a future of \`${(arg as unknown as TaskFuture).taskName}\`, whose length is not known yet`,
      advice: `Await it first, or pass it whole with unmapped().`,
    });
  }
  return Symbol.iterator in arg
    ? { kind: "mapped", items: [...(arg as Iterable<unknown>)] }
    : { kind: "whole", value: arg };
}

function commonLength(definition: TaskDefinition, columns: readonly Column[]): number {
  const lengths = new Set(columns.flatMap((column) => (column.kind === "mapped" ? [column.items.length] : [])));
  const [length] = lengths;
  if (lengths.size > 1) {
    throw new MillraceError("USAGE", {
      reason: `${definition.name}.map(): the arrays differ in length: ${[...lengths].join(", ")}`,
      advice: "Pass arrays of one length; what is the same for every item goes into unmapped().",
    });
  }
  if (length === undefined) {
    throw new MillraceError("USAGE", {
      reason: `${definition.name}.map() was given nothing to map over`,
      advice: "Pass at least one array.",
    });
  }
  return length;
}
