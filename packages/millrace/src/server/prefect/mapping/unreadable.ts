/**
 * Rows that hold what nobody can read: from before it was refused, or from another program. One of them must not hold the
 * others of a list; it is shown with a stand-in for what cannot be read, and whoever keeps the server is told.
 */

import type { ObjectKind } from "../../../contract/objects.ts";

export interface UnreadableRow {
  readonly kind: ObjectKind | "artifact" | "flow-run";
  readonly id: string;
  readonly error: unknown;
}

export type OnUnreadable = (row: UnreadableRow) => void;

/** What is read of a row, or else its stand-in. */
export function readOr<Value>(
  { kind, id, onUnreadable }: Pick<UnreadableRow, "kind" | "id"> & { readonly onUnreadable: OnUnreadable | undefined },
  read: () => Value,
  standIn: () => Value,
): Value {
  try {
    return read();
  } catch (error) {
    onUnreadable?.({ kind, id, error });
    return standIn();
  }
}

/** Rows that are remembered, so that each is told of once. */
const maxTold = 1000;

/** Tells of each row once: lists are asked for again and again. */
export function tellOnce(tell: OnUnreadable): OnUnreadable {
  const told = new Set<string>();
  return (row) => {
    const name = `${row.kind} ${row.id}`;
    if (told.has(name) || told.size >= maxTold) return;
    told.add(name);
    tell(row);
  };
}
