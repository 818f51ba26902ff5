import type { ReactNode } from "react";
import { isOffline } from "../api/api.ts";
import type { LivePages } from "../api/live-pages.ts";
import { ErrorNote, Sketch } from "./states-of-loading.tsx";
import { Table, type TableProps } from "./table.tsx";

/** The rows of a list that is read page by page; before them a sketch, and what stands there when there are none. */
export function LiveTable<Row>(
  props: Omit<TableProps<Row>, "rows" | "onEnd"> & {
    readonly list: LivePages<Row>;
    readonly empty: ReactNode;
  },
) {
  const { list, empty, ...table } = props;
  if (list.rows === undefined) {
    if (list.error === null || isOffline(list.error)) return <Sketch rows={10} />;
    return <ErrorNote error={list.error} onRetry={list.refetch} />;
  }
  if (list.rows.length === 0) return <>{empty}</>;
  return <Table {...table} rows={list.rows} onEnd={list.readMore} />;
}
