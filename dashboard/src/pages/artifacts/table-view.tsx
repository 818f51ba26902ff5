/** A table somebody's run has left: of any length, sorted by any column, and to take along. */

import { ArrowDown, ArrowUp, Download } from "lucide-react";
import { useMemo, useState } from "react";
import { plural } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { cellText, compareCells, type TableData, toCsv } from "./artifact-data.ts";
import { download } from "./download.ts";

/** More are in the file only. */
const maxColumns = 50;
/** A cell has at most so many characters; the rest is on hover. */
const maxCell = 300;

interface Row {
  readonly index: number;
  readonly cells: readonly unknown[];
}

interface Sorting {
  readonly column: number;
  readonly isDown: boolean;
}

export function TableView(props: { readonly table: TableData; readonly label: string; readonly name: string }) {
  const { table, label, name } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const rows = useMemo(() => toRows(table, sorting), [table, sorting]);
  const columns = useMemo(
    () =>
      table.columns.slice(0, maxColumns).map((title, column): Column<Row> => {
        const isNumbers = table.rows.every((row) => typeof row[column] === "number" || row[column] === null);
        const isSorted = sorting?.column === column;
        const SortIcon = isSorted && sorting.isDown ? ArrowDown : ArrowUp;
        return {
          id: String(column),
          title,
          width: isNumbers ? "minmax(80px, 1fr)" : "minmax(110px, 2fr)",
          ...(isNumbers ? { align: "right" as const } : {}),
          ...(isSorted ? { sorted: sorting.isDown ? ("descending" as const) : ("ascending" as const) } : {}),
          head: (
            <button
              type="button"
              title={`Sort by ${title}`}
              aria-pressed={isSorted}
              onClick={() => setSorting(next(sorting, column))}
              className="inline-flex max-w-full items-center gap-1 hover:text-fg"
            >
              <span className="truncate">{title === "" ? "–" : title}</span>
              {isSorted ? (
                <SortIcon size={12} className="shrink-0" aria-label={sorting.isDown ? "from above" : "from below"} />
              ) : null}
            </button>
          ),
          cell: ({ cells }) => {
            const text = cellText(cells[column]);
            return (
              <span className="truncate" title={text.length > 20 ? text.slice(0, 2000) : undefined}>
                {text.slice(0, maxCell)}
              </span>
            );
          },
        };
      }),
    [table, sorting],
  );
  const height = Math.min(420, 34 + rows.length * 40);
  return (
    <div className="flex min-w-0 flex-col">
      <div className="flex" style={{ height }}>
        <Table label={label} columns={columns} rows={rows} keyOf={({ index }) => String(index)} />
      </div>
      <div className="flex flex-wrap items-center gap-3 px-3 py-1 text-small text-muted">
        <span>
          {plural(rows.length, "row")}, {plural(table.columns.length, "column")}
          {table.columns.length > maxColumns ? `, of which ${maxColumns} are shown` : ""}
        </span>
        <Button
          kind="quiet"
          icon={<Download size={14} />}
          onClick={() => download({ name: `${name}.csv`, type: "text/csv", text: toCsv(table) })}
        >
          Download CSV
        </Button>
      </div>
    </div>
  );
}

/** Up, down, and as it was. */
function next(before: Sorting | null, column: number): Sorting | null {
  if (before?.column !== column) return { column, isDown: false };
  return before.isDown ? null : { column, isDown: true };
}

function toRows({ rows }: TableData, sorting: Sorting | null): readonly Row[] {
  const all = rows.map((cells, index) => ({ cells, index }));
  if (sorting === null) return all;
  const sign = sorting.isDown ? -1 : 1;
  return all.sort((a, b) => sign * compareCells(a.cells[sorting.column], b.cells[sorting.column]) || a.index - b.index);
}
