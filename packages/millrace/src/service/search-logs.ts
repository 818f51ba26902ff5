import type { LogMatches, LogSearch } from "../contract/log-search.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";

const defaultMax = 10_000;
const maxMax = 50_000;

/** @throws USAGE for a number of matches that is not told in one go */
export async function searchLogs(store: Store, search: LogSearch): Promise<LogMatches> {
  const { max = defaultMax } = search;
  if (Number.isInteger(max) && max >= 1 && max <= maxMax) return store.searchLogs({ ...search, max });
  const reason = `one search tells 1 to ${maxMax} matches, not ${max}`;
  throw new MillraceError("USAGE", { reason, advice: "Search fewer lines, or for something rarer." });
}
