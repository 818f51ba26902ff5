/**
 * What an artifact of each kind holds, as JSON text:
 *
 *   markdown, html   a text
 *   table            { columns: string[], rows: unknown[][] }
 *   link             { url, text }; text may be null
 *   image            { url, alt }; url may be a data: URL, alt may be null
 *   progress         { value }, from 0 to 1 in thousandths
 *   chart            a Vega-Lite specification
 */

import { MillraceError } from "../contract/errors.ts";
import { toJsonText } from "./json-text.ts";

/** The most an artifact holds, in bytes of JSON text. */
export const maxArtifactBytes = 2 ** 20;

/** Rows as objects by column, or as arrays under a heading. */
export type TableInput =
  | readonly object[]
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };

/** @throws ARTIFACT_INVALID for what has no JSON, or is too large */
export function toArtifactData(value: unknown, root: string): string {
  const found = toJsonText(value, { root, nonFinite: "null" });
  if ("reason" in found) throw invalid(`\`${found.path}\` ${found.reason}`);
  const sizeBytes = Buffer.byteLength(found.text);
  if (sizeBytes > maxArtifactBytes) {
    throw invalid(
      `it has ${sizeBytes} bytes, and an artifact holds at most ${maxArtifactBytes}; write it to a file and link that`,
    );
  }
  return found.text;
}

export function textData(text: unknown): string {
  if (typeof text !== "string") throw invalid(`its content must be a text, and is ${describe(text)}`);
  return toArtifactData(text, "text");
}

/** Columns of rows that are objects stand in the order in which they are first seen; a row that lacks one has null. */
export function tableData(input: TableInput): string {
  if (isHeaded(input)) return toArtifactData({ columns: input.columns, rows: input.rows.map(toCells(input)) }, "table");
  if (!Array.isArray(input)) throw invalid(`a table is an array of rows, or { columns, rows }, not ${describe(input)}`);
  const rows = input.map(toRow);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => toCell(row[column])));
  return toArtifactData({ columns, rows: cells }, "table");
}

function isHeaded(input: TableInput): input is Extract<TableInput, { readonly columns: unknown }> {
  return (
    typeof input === "object" &&
    input !== null &&
    "columns" in input &&
    Array.isArray(input.columns) &&
    Array.isArray(input.rows)
  );
}

function toCells({ columns }: { readonly columns: readonly string[] }): (row: unknown, index: number) => unknown[] {
  return (row, index) => {
    if (!Array.isArray(row)) throw invalid(`\`rows[${index}]\` must be an array of cells, and is ${describe(row)}`);
    if (row.length !== columns.length)
      throw invalid(`\`rows[${index}]\` has ${row.length} cells for ${columns.length} columns`);
    return row.map(toCell);
  };
}

function toRow(row: unknown, index: number): Readonly<Record<string, unknown>> {
  if (typeof row !== "object" || row === null || Array.isArray(row))
    throw invalid(`\`rows[${index}]\` must be an object, and is ${describe(row)}`);
  return row as Readonly<Record<string, unknown>>;
}

function toCell(value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : (value ?? null);
}

/** Addresses that run code where somebody clicks on them. */
const unsafeSchemes = new Set(["javascript:", "vbscript:", "data:"]);

export function linkData(url: string | URL, text: string | undefined): string {
  const parsed = URL.parse(String(url));
  if (parsed === null) throw invalid(`\`${String(url)}\` is no URL; a link needs one with its scheme, such as https:`);
  if (unsafeSchemes.has(parsed.protocol)) throw invalid(`a link may not be a ${parsed.protocol} URL`);
  return toArtifactData({ url: parsed.href, text: text ?? null }, "link");
}

const imageSchemes = new Set(["http:", "https:", "data:", "file:", "s3:", "gs:"]);

export function imageData(image: string | URL | Uint8Array, alt: string | undefined): string {
  return toArtifactData(
    { url: image instanceof Uint8Array ? dataUrl(image) : imageUrl(image), alt: alt ?? null },
    "image",
  );
}

function imageUrl(image: string | URL): string {
  const parsed = URL.parse(String(image));
  if (parsed === null) throw invalid(`\`${String(image)}\` is no URL; an image is a URL or its bytes`);
  const { protocol, pathname, href } = parsed;
  if (!imageSchemes.has(protocol) || (protocol === "data:" && !pathname.startsWith("image/")))
    throw invalid(`an image may not be a ${protocol} URL of this kind`);
  return href;
}

/** How files of each kind begin; bytes are read as Latin-1. */
const signatures: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^[^]{4}ftypavif/, "image/avif"],
  [/^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?<svg[\s>]/, "image/svg+xml"],
];

function dataUrl(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = buffer.toString("latin1", 0, 1024);
  const type = signatures.find(([signature]) => signature.test(head))?.[1];
  if (type === undefined) throw invalid("its bytes are no PNG, JPEG, GIF, WebP, AVIF or SVG image");
  return `data:${type};base64,${buffer.toString("base64")}`;
}

/** In thousandths, and 1 only for 1. */
export function progressData(value: unknown): string {
  if (typeof value !== "number" || !(value >= 0 && value <= 1))
    throw invalid(`a progress is a number from 0 to 1, not ${typeof value === "number" ? value : describe(value)}`);
  return toArtifactData({ value: value === 1 ? 1 : Math.min(0.999, Math.round(value * 1000) / 1000) }, "progress");
}

export function chartData(spec: unknown): string {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    throw invalid(`a chart is a Vega-Lite specification, an object, not ${describe(spec)}`);
  return toArtifactData(spec, "chart");
}

/** @throws ARTIFACT_INVALID for what is no key */
export function checkArtifactKey(key: unknown): void {
  if (key === undefined) return;
  if (typeof key !== "string") throw invalid(`its key must be a text, and is ${describe(key)}`);
  if (!/^[a-z0-9-]{1,255}$/.test(key))
    throw invalid(`its key \`${key}\` may have lower-case letters, digits and dashes only, at most 255`);
}

function invalid(reason: string): MillraceError {
  return new MillraceError("ARTIFACT_INVALID", { reason });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
