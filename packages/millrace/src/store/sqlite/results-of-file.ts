import type { StoredResult } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { walkStoredResults } from "../sql/stored-results.ts";
import { createConnection } from "./connection.ts";
import { openFile } from "./open-file.ts";

/** The results that the ledger in a file refers to, whichever version has written it. Nobody else has it open. */
export async function* walkResultsOfFile(
  path: string,
  clock: Clock,
): AsyncGenerator<readonly StoredResult[], void, undefined> {
  const database = openFile(path);
  try {
    yield* walkStoredResults(createConnection({ database, location: path, clock, busyTimeoutMs: 0 }));
  } finally {
    database.close();
  }
}
