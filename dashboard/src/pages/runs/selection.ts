/** Which runs are chosen in the list: some of them one by one, or all that meet its filters, read or not. */

import type { FlowRunRow } from "millrace/client";
import { useCallback, useEffect, useRef, useState } from "react";

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** All that meet the filters. */
  readonly isAll: boolean;
}

const none: Selection = { ids: new Set(), isAll: false };

/** @param scope another one ends the selection */
export function useSelection(rows: readonly FlowRunRow[], scope: string) {
  const [selection, setSelection] = useState(none);
  const last = useRef<string | null>(null);
  const shown = useRef(rows);
  shown.current = rows;
  useEffect(() => {
    last.current = null;
    setSelection(none);
  }, [scope]);
  const toggle = useCallback((id: string, isRange: boolean): void => {
    const from = last.current;
    last.current = id;
    setSelection((before) =>
      withToggled(before, { ids: shown.current.map((row) => row.id), id, from: isRange ? from : null }),
    );
  }, []);
  return {
    selection,
    toggle,
    selectShown: (): void => setSelection({ ids: new Set(rows.map(({ id }) => id)), isAll: false }),
    selectAll: (): void => setSelection({ ids: new Set(rows.map(({ id }) => id)), isAll: true }),
    clear: (): void => setSelection(none),
  };
}

/** One run, or with `from` all between; they become what the one is not. Whoever takes one out of all has some. */
export function withToggled(
  { ids }: Selection,
  to: { readonly ids: readonly string[]; readonly id: string; readonly from: string | null },
): Selection {
  const next = new Set(ids);
  const isOn = !ids.has(to.id);
  const [a, b] = [to.ids.indexOf(to.from ?? to.id), to.ids.indexOf(to.id)];
  const range = a === -1 || b === -1 ? [to.id] : to.ids.slice(Math.min(a, b), Math.max(a, b) + 1);
  for (const id of range) {
    if (isOn) next.add(id);
    else next.delete(id);
  }
  return { ids: next, isAll: false };
}
