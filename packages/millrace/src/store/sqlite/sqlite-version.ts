import { MillraceError } from "../../contract/errors.ts";

/**
 * Older versions may lose pages of the write-ahead log when one connection writes it back while another begins it anew, which
 * damages the file: https://sqlite.org/wal.html
 */
const leastVersion = "3.51.3";

/** @throws SQLITE_TOO_OLD */
export function checkSqliteVersion(found: string = process.versions.sqlite ?? "0"): void {
  if (compare(found, leastVersion) < 0) throw new MillraceError("SQLITE_TOO_OLD", { found, needed: leastVersion });
}

function compare(one: string, other: string): number {
  const [ones, others] = [one, other].map((version) => version.split(".").map(Number));
  for (const [place, part] of (others ?? []).entries()) {
    const difference = (ones?.[place] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
