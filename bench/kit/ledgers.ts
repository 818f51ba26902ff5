/** The same on SQLite and on PostgreSQL, one after the other, each in a ledger of its own. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Figure, Report } from "./benchmark.ts";
import { openBenchPostgres } from "./postgres.ts";
import { makeScratch } from "./scratch.ts";

export interface LedgerPlace {
  readonly name: "SQLite" | "PostgreSQL";
  readonly home: string;
  /** Absent: SQLite in the home. */
  readonly database?: string;
}

/** Where there is no PostgreSQL its figures are left out, and it is said why. */
export async function onBothLedgers(measure: (place: LedgerPlace) => Promise<readonly Figure[]>): Promise<Report> {
  using scratch = makeScratch();
  const makeHome = (name: string): string => {
    const home = join(scratch.path, name);
    mkdirSync(home);
    return home;
  };
  const figures = [...(await measure({ name: "SQLite", home: makeHome("sqlite") }))];
  const database = await openBenchPostgres();
  if ("skipped" in database) return { figures, notes: [`PostgreSQL was not measured: ${database.skipped}`] };
  await using postgres = database;
  const place = { name: "PostgreSQL", home: makeHome("postgres"), database: await postgres.createDatabase() } as const;
  figures.push(...(await measure(place)));
  return { figures, notes: [postgres.version] };
}
