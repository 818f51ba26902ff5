/** What SQLite reports, as errors of the catalogue. Codes: https://sqlite.org/rescode.html */

import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { MillraceError } from "../../contract/errors.ts";

const codes = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** Another process holds the lock: worth another try. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.busy || code === codes.locked;
}

/** A row with such a key is there: SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 2067 || error.errcode === 1555);
}

/** A value that its column cannot hold: SQLITE_CONSTRAINT_DATATYPE, SQLITE_MISMATCH. */
function isUnkept(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 3091 || error.errcode === 20);
}

/** The error of the catalogue where there is one, else the error itself. */
export function toStoreError(error: unknown, location: string): unknown {
  const reason = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (isUnkept(error)) return new MillraceError("OBJECT_INVALID", { reason }, options);
  switch (primaryCode(error)) {
    case codes.corrupt:
    case codes.notADatabase:
      return new MillraceError("LEDGER_CORRUPT", { location, reason }, options);
    case codes.readonly:
    case codes.cannotOpen:
    case codes.ioError:
      // Where SQLite enlarges what it keeps beside the file, it does not say that there was no space for it.
      if (isDiskFull(location)) return new MillraceError("LEDGER_FULL", { location }, options);
      return new MillraceError("LEDGER_UNWRITABLE", { location, reason }, options);
    case codes.full:
      return new MillraceError("LEDGER_FULL", { location }, options);
    default:
      return error;
  }
}

/** Less is no space for any page. */
const leastBytes = 64 * 1024;

function isDiskFull(location: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(location));
    return bavail * bsize < leastBytes;
  } catch {
    // No folder of a file system, or one that counts no blocks.
    return false;
  }
}

/** The lower byte of the extended code. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
