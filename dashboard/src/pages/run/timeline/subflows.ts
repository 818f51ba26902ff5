/** Which subflows are shown in place, in the order in which they are met. */

import type { Columns } from "./columns.ts";

/** So many are shown in place at once. */
const maxOpen = 50;

/**
 * Those that are open, and those that are open in them as far as they are read, however deep.
 *
 * @returns `left`: those that would be one too many
 */
export function findSubflows(
  columns: Columns | null,
  options: { readonly toggled: ReadonlySet<string>; readonly read: (flowRunId: string) => Columns | null },
): { readonly shown: readonly string[]; readonly left: readonly string[] } {
  const { toggled, read } = options;
  if (columns === null || toggled.size === 0) return { shown: [], left: [] };
  const shown = new Set<string>();
  const left = new Set<string>();
  const queue = [columns];
  for (const { ids, childFlowRunIds } of queue) {
    for (const [index, child] of childFlowRunIds.entries()) {
      if (child === null || shown.has(child) || !toggled.has(ids[index] ?? "")) continue;
      if (shown.size === maxOpen) {
        left.add(child);
        continue;
      }
      shown.add(child);
      const known = read(child);
      if (known !== null) queue.push(known);
    }
  }
  return { shown: [...shown], left: [...left] };
}
