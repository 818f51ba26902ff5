/** Writes a ledger into a file that any database takes, as it is at one moment, whatever its size. */

import { createWriteStream, rmSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RowReader, RowSelection } from "../../contract/ledger-rows.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { openStore } from "../open-store.ts";
import { findPackage } from "../package-version.ts";
import type { Settings } from "../settings.ts";
import { choosePlace, putInPlace, syncToDisk, toStamp } from "./backup-place.ts";
import {
  createCompressor,
  type ExportEnd,
  type ExportHeader,
  type ExportPart,
  format,
  formatVersion,
  writeExport,
} from "./export-file.ts";

export interface ExportRequest {
  readonly settings: Pick<Settings, "home" | "database" | "durability">;
  readonly clock: Clock;
  /** A path, or a folder that is there. `.gz` and `.zst` at its end have it compressed. */
  readonly target: string;
  readonly replaces: boolean;
  readonly selection: RowSelection;
  readonly signal?: AbortSignal;
}

export interface Exported extends ExportEnd {
  readonly path: string;
  readonly id: string;
  readonly sizeBytes: number;
}

/** @throws LEDGER_EXISTS, LEDGER_FULL, and what opening the ledger throws */
export async function exportLedger(request: ExportRequest): Promise<Exported> {
  const { settings, clock, target, replaces, selection, signal } = request;
  const name = `ledger-${toStamp(clock.now())}.ndjson.gz`;
  const place = choosePlace(target, { name, replaces, isFolder: false });
  const store = await openStore({ ...settings, poolSize: 1 }, clock);
  try {
    const exported = await store.readRows(async (reader) => {
      const header: ExportHeader = {
        format,
        version: formatVersion,
        id: uuidv7(),
        madeAt: clock.now(),
        millrace: findPackage(import.meta.dirname)?.version ?? "unknown",
        database: settings.database === null ? "sqlite" : "postgres",
        selection,
        tables: Object.fromEntries(reader.tables),
      };
      let end: ExportEnd | null = null;
      const texts = async function* (): AsyncGenerator<string, void, undefined> {
        end = yield* writeExport(header, walkAll(reader, selection));
      };
      const compressor = createCompressor(place.path);
      const file = createWriteStream(place.draft, { flags: "wx", mode: 0o600 });
      const source = Readable.from(texts());
      await (compressor === null ? pipeline(source, file, { signal }) : pipeline(source, compressor, file, { signal }));
      return { id: header.id, ...((end ?? {}) as ExportEnd) };
    });
    await syncToDisk(place.draft);
    const sizeBytes = statSync(place.draft).size;
    await putInPlace(place);
    return { path: place.path, sizeBytes, ...exported };
  } finally {
    rmSync(place.draft, { force: true });
    await store.close();
  }
}

async function* walkAll(reader: RowReader, selection: RowSelection): AsyncGenerator<ExportPart, void, undefined> {
  for (const table of reader.tables.keys()) {
    for await (const rows of reader.walk(table, selection)) yield { table, rows };
  }
}
