import type { ReactNode } from "react";
import type { PagesOf } from "../api/pages.ts";
import { ErrorNote, Sketch } from "./states-of-loading.tsx";
import { type Column, Table } from "./table.tsx";

/** A table over a list that is read page by page. `empty` stands there once it is known that there is none. */
export function PagedTable<Row>(props: {
  readonly label: string;
  readonly pages: PagesOf<Row>;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly total?: number;
  readonly empty: ReactNode;
}) {
  const { label, pages, columns, keyOf, onOpen, total, empty } = props;
  const { rows, isRead, error, readAgain, readMore } = pages;
  if (error !== null && rows.length === 0) return <ErrorNote error={error} onRetry={readAgain} />;
  if (!isRead) return <Sketch rows={12} />;
  if (rows.length === 0) return empty;
  return (
    <Table
      label={label}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      onEnd={readMore}
      {...(total === undefined ? {} : { total: Math.max(total, rows.length) })}
      {...(onOpen === undefined ? {} : { onOpen })}
    />
  );
}
