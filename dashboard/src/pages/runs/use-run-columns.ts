/** Which columns somebody has chosen, in which order and how wide: kept in their browser. */

import {
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useEffect, useMemo, useState } from "react";
import { type ColumnChoice, leastPx, mostPx, moved, readChoice } from "./column-choice.ts";
import { runColumns } from "./run-columns.tsx";

const storeKey = "millrace.runs-columns";
const features = tableFeatures({ columnVisibilityFeature, columnOrderingFeature, columnSizingFeature });
const defs = runColumns.map(({ id }) => ({ id }));
const noRows: object[] = [];
function readStored(): string | null {
  try {
    return localStorage.getItem(storeKey);
  } catch {
    return null;
  }
}

export function useRunColumns() {
  const [choice, setChoice] = useState(() => readChoice(readStored(), runColumns));
  useEffect(() => {
    try {
      localStorage.setItem(storeKey, JSON.stringify(choice));
    } catch {
      // It holds until the page is closed.
    }
  }, [choice]);
  const set =
    <Name extends keyof ColumnChoice>(name: Name) =>
    (update: unknown): void =>
      setChoice((before) => ({
        ...before,
        [name]: typeof update === "function" ? (update as (value: unknown) => unknown)(before[name]) : update,
      }));
  const table = useTable({
    features,
    columns: defs,
    data: noRows,
    state: {
      columnVisibility: choice.columnVisibility,
      columnOrder: [...choice.columnOrder],
      columnSizing: choice.columnSizing,
    },
    onColumnVisibilityChange: set("columnVisibility"),
    onColumnOrderChange: set("columnOrder"),
    onColumnSizingChange: set("columnSizing"),
  });
  const visible = table.getVisibleLeafColumns().map(({ id }) => id);
  const key = visible.join(" ");
  const shown = useMemo(
    () =>
      key.split(" ").flatMap((id) => {
        const column = runColumns.find((each) => each.id === id);
        const width = choice.columnSizing[id];
        if (column === undefined) return [];
        return [width === undefined ? column : { ...column, width: `${width}px` }];
      }),
    [key, choice.columnSizing],
  );
  return {
    shown,
    order: choice.columnOrder,
    isShown: (id: string): boolean => table.getColumn(id)?.getIsVisible() ?? false,
    toggle: (id: string): void => table.getColumn(id)?.toggleVisibility(),
    move(id: string, by: -1 | 1): void {
      table.setColumnOrder((before) => moved(before, id, by));
    },
    resize(id: string, px: number): void {
      table.setColumnSizing((before) => ({ ...before, [id]: Math.round(Math.min(mostPx, Math.max(leastPx, px))) }));
    },
    reset: (): void => setChoice(readChoice(null, runColumns)),
  };
}

export type RunColumns = ReturnType<typeof useRunColumns>;
