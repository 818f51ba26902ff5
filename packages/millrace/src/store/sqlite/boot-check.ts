/**
 * The look that a server takes at its ledger before it answers anybody. A flow that is started takes none: it is to start in
 * milliseconds, and SQLite itself refuses pages that do not hold together when it comes to them.
 */

import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { MillraceError } from "../../contract/errors.ts";
import { findDamage } from "./find-damage.ts";

/** SQLite goes through 600 MiB a second. A bigger file is only looked through where its last user may have died. */
const alwaysBytes = 256 * 1024 * 1024;
/** Where its last user may have died, a log of another file may lie beside it: its indexes tell, in 1 s for so many bytes. */
const indexesBytes = 64 * 1024 * 1024;
/** A start takes no longer than some seconds. */
const mostBytes = 4 * 1024 * 1024 * 1024;

/** How much was left in the write-ahead log by those who had the file open: all is written back by the last that closes it. */
export function readLogBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** @param logBytes what `readLogBytes` said before the file was opened. @throws LEDGER_CORRUPT */
export function checkAtBoot(
  database: DatabaseSync,
  { path, logBytes }: { readonly path: string; readonly logBytes: number },
): void {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > (logBytes === 0 ? alwaysBytes : mostBytes)) return;
  const findings = findDamage(database, logBytes > 0 && sizeBytes <= indexesBytes ? "full" : "quick");
  if (findings.length === 0) return;
  throw new MillraceError("LEDGER_CORRUPT", { location: path, reason: findings.slice(0, 3).join("; ") });
}
