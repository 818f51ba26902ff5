/** The loop of a server that lets PostgreSQL know how its tables are filled while they grow. */

import type { Store } from "../contract/store.ts";
import type { LoopEntry } from "./server-loops.ts";
import type { Settings } from "./settings.ts";

/** What has grown is told of by what is recorded. */
const everyMs = 5000;

/** None of SQLite, which takes the index that has the order of an answer, whatever is in it. */
export function createStatisticsLoop(
  { database }: Pick<Settings, "database">,
  store: Pick<Store, "refreshStatistics">,
): readonly LoopEntry[] {
  if (database === null) return [];
  return [{ name: "statistics", everyMs, tick: () => store.refreshStatistics(), findNext: async () => null }];
}
