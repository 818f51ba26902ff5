/** The calls of a map: which arguments are mapped over, and what each item is digested by. */

import type { TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { digestCall, type InputDigest } from "./identity.ts";
import { itemAt, toColumns } from "./map-columns.ts";
import type { Provenance } from "./provenance.ts";

export interface MapItem {
  readonly args: readonly unknown[];
  readonly digest: InputDigest;
}

/**
 * One item a place of the arrays given; what is passed whole is digested once.
 *
 * @throws CALLS_EXCEEDED for more than `max` items
 */
export function mapItems(
  made: Provenance | null,
  definition: TaskDefinition,
  { args, max }: { readonly args: readonly unknown[]; readonly max: number },
): readonly MapItem[] {
  const { columns, length } = toColumns(definition, args);
  if (length > max) {
    throw new MillraceError("CALLS_EXCEEDED", { max: max.toLocaleString("en"), name: definition.name });
  }
  const { parameterNames } = definition;
  const wholes = columns.map((column) => (column.kind === "whole" ? column.value : undefined));
  const hasWhole = columns.some((column) => column.kind === "whole");
  const shared = digestCall(made, wholes, parameterNames);
  return Array.from({ length }, (_, at) => {
    const own = columns.map((column) => (column.kind === "mapped" ? column.items[at] : undefined));
    const digest = digestCall(made, own, parameterNames);
    return {
      args: itemAt(columns, at),
      digest: {
        digest: hasWhole ? `${shared.digest}.${digest.digest}` : digest.digest,
        inputs: shared.inputs.length === 0 ? digest.inputs : [...shared.inputs, ...digest.inputs],
        hasFutures: shared.hasFutures || digest.hasFutures,
      },
    };
  });
}
