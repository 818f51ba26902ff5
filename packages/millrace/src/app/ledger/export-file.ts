/**
 * The file of an export: a line of JSON a row, between a header and an end that counts and sums up what is between them.
 *
 *   {"format":"millrace-ledger","version":1,"id":…,"tables":{"flow":["body","created_at",…],…},…}
 *   {"flow":{"body":"{}","created_at":1790000000000.125,"id":"0191…","name":"train",…}}
 *   …
 *   {"end":{"rows":{"flow":1,…},"sha256":"…"}}
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import {
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
  type Gzip,
  type ZstdCompress,
} from "node:zlib";
import { MillraceError } from "../../contract/errors.ts";
import type { LedgerRow, RowSelection } from "../../contract/ledger-rows.ts";

export const format = "millrace-ledger";
export const formatVersion = 1;

export interface ExportHeader {
  readonly format: typeof format;
  readonly version: number;
  readonly id: string;
  /** In ms UTC. */
  readonly madeAt: number;
  /** The version of Millrace. */
  readonly millrace: string;
  readonly database: "sqlite" | "postgres";
  readonly selection: RowSelection;
  /** Columns, by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

export interface ExportEnd {
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of all bytes between the header's line and this one. */
  readonly sha256: string;
}

/** Rows of one table that follow each other. */
export interface ExportPart {
  readonly table: string;
  readonly rows: readonly LedgerRow[];
}

/** Rows of a part, and bytes: a transaction of an import writes one. */
const maxPartRows = 200;
const maxPartBytes = 4 * 2 ** 20;
/** Longer lines than the longest row there can be are no lines of an export. */
const maxLineBytes = 512 * 2 ** 20;

/** By the end of the name; null where it is not compressed. */
export function createCompressor(path: string): Gzip | ZstdCompress | null {
  if (path.endsWith(".gz")) return createGzip();
  return path.endsWith(".zst") ? createZstdCompress() : null;
}

/** The texts of a file. @param walk what it holds */
export async function* writeExport(
  header: ExportHeader,
  walk: AsyncIterable<ExportPart>,
): AsyncGenerator<string, ExportEnd, undefined> {
  yield `${JSON.stringify(header)}\n`;
  const hash = createHash("sha256");
  const counts: Record<string, number> = {};
  for await (const { table, rows } of walk) {
    const text = rows.map((row) => `${JSON.stringify({ [table]: row })}\n`).join("");
    counts[table] = (counts[table] ?? 0) + rows.length;
    hash.update(text);
    yield text;
  }
  const end: ExportEnd = { rows: counts, sha256: hash.digest("hex") };
  yield `${JSON.stringify({ end })}\n`;
  return end;
}

/**
 * Reads a file part by part. The last part has been given only when the end has been seen to be right.
 *
 * @throws EXPORT_INVALID
 */
export async function* readExport(
  path: string,
  onHeader: (header: ExportHeader) => void,
): AsyncGenerator<ExportPart, ExportEnd, undefined> {
  const lines = readLines(path);
  const first = await lines.next();
  if (first.done === true) throw invalid(path, "it is empty");
  const header = toHeader(path, first.value);
  onHeader(header);
  const hash = createHash("sha256");
  const counts: Record<string, number> = {};
  let part: { table: string; rows: LedgerRow[]; bytes: number } | null = null;
  for await (const line of lines) {
    const [name, value] = toEntry(path, line);
    if (name === "end") {
      const end = value as unknown as ExportEnd;
      if (end.sha256 !== hash.digest("hex")) throw invalid(path, "its content is not what its end says");
      if (!(await lines.next()).done) throw invalid(path, "there is something after its end");
      if (part !== null) yield part;
      return end;
    }
    if (!(name in header.tables)) throw invalid(path, `its header does not tell of \`${name}\``);
    hash.update(line).update("\n");
    counts[name] = (counts[name] ?? 0) + 1;
    const isFull = part !== null && (part.rows.length >= maxPartRows || part.bytes >= maxPartBytes);
    if (part !== null && (part.table !== name || isFull)) {
      yield part;
      part = null;
    }
    part ??= { table: name, rows: [], bytes: 0 };
    part.rows.push(value);
    part.bytes += line.length;
  }
  throw invalid(path, "it ends in the middle: it was cut off, or its writing was");
}

function toHeader(path: string, line: Buffer): ExportHeader {
  const header = toJson(path, line) as Partial<ExportHeader>;
  if (header.format !== format || typeof header.id !== "string" || typeof header.tables !== "object") {
    throw invalid(path, "its first line is not that of an export");
  }
  if (header.version !== formatVersion) {
    const reason = `it was written by a newer Millrace (${String(header.millrace)})`;
    throw invalid(path, reason, "Upgrade Millrace.");
  }
  return header as ExportHeader;
}

function toEntry(path: string, line: Buffer): readonly [string, LedgerRow] {
  const [entry, another] = Object.entries(toJson(path, line));
  if (entry === undefined || another !== undefined || typeof entry[1] !== "object" || entry[1] === null) {
    throw invalid(path, "a line of it is no row");
  }
  return entry as [string, LedgerRow];
}

function toJson(path: string, line: Buffer): object {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw invalid(path, "a line of it is no JSON", undefined, cause);
  }
  throw invalid(path, "a line of it is no object");
}

async function* readLines(path: string): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const stream = await openStream(path);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        const piece = chunk.subarray(from, at);
        yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      if (from === chunk.length) continue;
      rest.push(chunk.subarray(from));
      restBytes += chunk.length - from;
      if (restBytes > maxLineBytes) throw invalid(path, "a line of it is longer than any row");
    }
  } catch (cause) {
    // What was cut off in the middle cannot be unpacked.
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code !== "string" || !/^(Z_|ERR_ZLIB|ZSTD_|ERR_ZSTD)/.test(code)) throw cause;
    throw invalid(path, "it cannot be unpacked: it was cut off, or damaged", undefined, cause);
  }
  if (restBytes > 0) throw invalid(path, "it ends in the middle of a line");
}

/** By its first bytes: a file may have been given another name. */
async function openStream(path: string): Promise<Readable> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), undefined, cause);
  });
  const head = Buffer.alloc(4);
  try {
    await file.read(head, 0, 4, 0);
  } finally {
    await file.close();
  }
  const stream = createReadStream(path, { highWaterMark: 2 ** 18 });
  const unpacking =
    head.readUInt16BE(0) === 0x1f8b
      ? createGunzip()
      : head.readUInt32LE(0) === 0xfd2fb528
        ? createZstdDecompress()
        : null;
  if (unpacking === null) return stream;
  stream.on("error", (error) => unpacking.destroy(error));
  return stream.pipe(unpacking);
}

export function invalid(
  location: string,
  reason: string,
  advice = "Name a file that `millrace ledger export` has made, and that is whole.",
  cause?: unknown,
): MillraceError {
  return new MillraceError("EXPORT_INVALID", { location, reason, advice }, { cause });
}
