/** The calls of a map: which arguments are mapped over, and what each item is digested by. */

import type { TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { brands } from "../contract/runtime.ts";
import { digestCall, type InputDigest, isFuture } from "./identity.ts";
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
  const columns = args.map((arg) => toColumn(definition, arg));
  const length = commonLength(definition, columns);
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
      args: columns.map((column, place) => (column.kind === "mapped" ? own[place] : column.value)),
      digest: {
        digest: hasWhole ? `${shared.digest}.${digest.digest}` : digest.digest,
        inputs: shared.inputs.length === 0 ? digest.inputs : [...shared.inputs, ...digest.inputs],
        hasFutures: shared.hasFutures || digest.hasFutures,
      },
    };
  });
}

type Column =
  | { readonly kind: "mapped"; readonly items: readonly unknown[] }
  | { readonly kind: "whole"; readonly value: unknown };

function toColumn(definition: TaskDefinition, arg: unknown): Column {
  if (typeof arg !== "object" || arg === null) return { kind: "whole", value: arg };
  if (brands.unmapped in arg) return { kind: "whole", value: (arg as unknown as { value: unknown }).value };
  if (isFuture(arg)) {
    throw new MillraceError("USAGE", {
      reason: `${definition.name}.map() was given a future of \`${arg.taskName}\`, whose length is not known yet`,
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
