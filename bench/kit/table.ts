/** Figures as a table for people. */

import { type Figure, judge, type Limit, type Unit } from "./benchmark.ts";
import { median } from "./samples.ts";

export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const value = median(figure.samples);
    return [figure.label, format(value, figure.unit), rangeOf(figure), ...judgement(figure, value)];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => align(cell, column, widths)).join("  ")}`.trimEnd())
    .join("\n");
}

/** The median stands right, so that the digits of a column compare. */
function align(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 1 ? cell.padStart(width) : cell.padEnd(width);
}

function rangeOf({ samples, unit }: Figure): string {
  if (samples.length < 2) return "";
  return `(${format(Math.min(...samples), unit)} … ${format(Math.max(...samples), unit)})`;
}

function judgement({ bound, target, unit }: Figure, value: number): readonly string[] {
  if (bound !== undefined) return [`bound ${words(bound, unit)}`, judge(value, bound) ?? ""];
  if (target !== undefined) return [`target ${words(target, unit)}`, judge(value, target) === "ok" ? "ok" : "not met"];
  return ["", ""];
}

function words(limit: Limit, unit: Unit): string {
  return "atMost" in limit ? `≤ ${format(limit.atMost, unit)}` : `≥ ${format(limit.atLeast, unit)}`;
}

/** Three digits are all that a measurement like these can carry. */
export function format(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = value.toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "x" || unit === "/s" || unit === "" ? `${text}${unit}` : `${text} ${unit}`;
}
