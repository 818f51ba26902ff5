/** What artifacts hold, on a terminal and as files. See sdk/artifact-data.ts for the form of each kind's data. */

import type { Artifact } from "../../../contract/records.ts";
import { readProgress } from "../../live/progress.ts";
import { progressBar } from "../../output/bar.ts";
import { cleanText } from "../../output/clean-text.ts";
import { toCsvCell, toCsvText } from "../../../kit/csv-cell.ts";
import { isNumber, parseExactly } from "../../../kit/exact-json.ts";
import type { Output } from "../../output/output.ts";
import { renderTable } from "../../output/table.ts";

const barWidth = 30;

/** For a terminal, without line ends. */
export function renderContent(artifact: Artifact, out: Pick<Output, "look" | "width">): readonly string[] {
  const data = parseExactly(artifact.data);
  switch (artifact.kind) {
    case "table":
      return renderTableData(toTable(data), out);
    case "progress": {
      const fraction = readProgress(artifact) ?? 0;
      return [`${progressBar(fraction, barWidth, out.look)} ${Math.floor(fraction * 100)}%`];
    }
    case "link": {
      const { url, text } = data as { readonly url?: unknown; readonly text?: unknown };
      return [typeof text === "string" ? `${cleanText(text)}: ${cleanText(String(url))}` : cleanText(String(url))];
    }
    case "image": {
      const { url = "" } = data as { readonly url?: string };
      return [url.startsWith("data:") ? "An image; --output FILE writes it to a file." : cleanText(url)];
    }
    default:
      return cleanText(typeof data === "string" ? data : JSON.stringify(data, null, 2)).split("\n");
  }
}

interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

function toTable(data: unknown): TableData {
  const { columns = [], rows = [] } = (data ?? {}) as Partial<TableData>;
  return { columns, rows };
}

function renderTableData({ columns, rows }: TableData, out: Pick<Output, "look" | "width">): readonly string[] {
  const shown = columns.map((title, index) => ({
    title,
    cell: (row: readonly unknown[]) => cellText(row[index]),
    align: rows.every((row) => isNumber(row[index]) || row[index] === null) ? ("right" as const) : ("left" as const),
    shrinksTo: 6,
    leftOut: index,
  }));
  return renderTable(rows, shown, out);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The bytes of a data URL; else text: CSV of a table, the address of a link, JSON where it has no form of its own. */
export function toFileContent(artifact: Artifact): string | Uint8Array {
  const data = parseExactly(artifact.data);
  if (typeof data === "string") return data;
  if (artifact.kind === "table") return toCsv(toTable(data));
  if (artifact.kind === "link") return `${String((data as { readonly url?: unknown }).url)}\n`;
  const { url } = data as { readonly url?: unknown };
  if (artifact.kind === "image" && typeof url === "string") return imageContent(url);
  return `${JSON.stringify(data, null, 2)}\n`;
}

function imageContent(url: string): string | Uint8Array {
  const [, encoded] = /^data:[^,]*;base64,(.*)$/s.exec(url) ?? [];
  return encoded === undefined ? `${url}\n` : Buffer.from(encoded, "base64");
}

/** As RFC 4180 has it, with line feeds. Cells that a spreadsheet would take for a formula are texts in it, as on the dashboard. */
function toCsv({ columns, rows }: TableData): string {
  const line = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(",")}\n`;
  return line(columns) + rows.map(line).join("");
}

function csvCell(value: unknown): string {
  const text = cellText(value);
  return typeof value === "string" ? toCsvText(text) : toCsvCell(text);
}
