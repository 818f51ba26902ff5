/** Tables that fit into the terminal: aligned, without rules, and never wrapped. */

import { displayWidth, ellipsize, pad } from "../../kit/text.ts";
import { cleanLine } from "./clean-text.ts";
import type { Look } from "./look.ts";
import type { Style } from "./paint.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** How the cell is painted after it was fitted. */
  readonly style?: (row: Row) => Style;
  readonly align?: "left" | "right";
  /** The width down to which it is cut when the table is too wide; absent: it is not cut. */
  readonly shrinksTo?: number;
  /** It is left out when the table is too wide even so; the column of the highest number goes first. */
  readonly leftOut?: number;
}

const gap = 2;

/** The lines of a table, its head first. `width` is in columns. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, look }: { readonly width: number; readonly look: Look },
): readonly string[] {
  const texts = rows.map((row) => columns.map((column) => cleanLine(column.cell(row))));
  const natural = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...texts.map((cells) => displayWidth(cells[index] ?? ""))),
  );
  const kept = chooseColumns(columns, natural, width);
  const widths = shrink(columns, natural, kept, width);
  const line = (cell: (index: number) => { readonly text: string; readonly style?: Style | undefined }): string =>
    kept
      .map((index, place) => {
        const { text, style } = cell(index);
        const room = widths[index] ?? 0;
        const fitted = ellipsize(text, room);
        const align = columns[index]?.align ?? "left";
        const padded = place === kept.length - 1 && align === "left" ? fitted : pad(fitted, room, { align });
        return style === undefined ? padded : padded.replace(fitted, () => style(fitted));
      })
      .join(" ".repeat(gap))
      .trimEnd();
  const head = line((index) => ({ text: columns[index]?.title ?? "", style: look.paint.dim }));
  return [
    head,
    ...rows.map((row, place) =>
      line((index) => ({ text: texts[place]?.[index] ?? "", style: columns[index]?.style?.(row) })),
    ),
  ];
}

/** The places of the columns that are shown: all, unless they are too wide even when cut. */
function chooseColumns<Row>(columns: readonly Column<Row>[], natural: readonly number[], width: number): number[] {
  const least = (index: number): number =>
    Math.min(
      natural[index] ?? 0,
      Math.max(columns[index]?.shrinksTo ?? Infinity, displayWidth(columns[index]?.title ?? "")),
    );
  const kept = columns.map((_, index) => index);
  for (;;) {
    const needed = kept.reduce((sum, index) => sum + least(index), gap * (kept.length - 1));
    const [first] = kept
      .filter((index) => columns[index]?.leftOut !== undefined)
      .sort((a, b) => (columns[b]?.leftOut ?? 0) - (columns[a]?.leftOut ?? 0));
    if (needed <= width || first === undefined) return kept;
    kept.splice(kept.indexOf(first), 1);
  }
}

/** Takes from the widest column that may be cut until the table fits. */
function shrink<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  kept: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural];
  let excess = kept.reduce((sum, index) => sum + (widths[index] ?? 0), gap * (kept.length - 1)) - width;
  while (excess > 0) {
    const [widest] = kept
      .filter((index) => (widths[index] ?? 0) > (columns[index]?.shrinksTo ?? Infinity))
      .sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}
