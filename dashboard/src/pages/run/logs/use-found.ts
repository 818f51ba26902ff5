/** Where in a log the matches are. */

import type { LogLevel, LogMatches } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import type { LogFilter } from "millrace/client";

/** What the server tells at most. */
export const maxFound = 50_000;
/** While lines come, in ms. */
const liveMs = 5000;

export interface Found extends LogMatches {
  readonly isStale: boolean;
}

export function useFound(props: {
  /** The list that is searched; null: nothing is. */
  readonly of: LogFilter | null;
  readonly text?: string;
  readonly minLevel?: LogLevel;
  readonly isLive: boolean;
}): Found | null {
  const { of, text, minLevel, isLive } = props;
  const search = {
    ...(text === undefined ? {} : { text }),
    ...(minLevel === undefined ? {} : { minLevel }),
  };
  const query = useLive({
    key: ["logs", "found", of, search],
    read: () => (of === null ? Promise.reject(new Error("Nothing is searched")) : readFound(of, search)),
    isEnabled: of !== null,
    ...(isLive ? { everyMs: liveMs } : {}),
  });
  if (of === null || query.data === undefined) return null;
  return { ...query.data, isStale: query.isPlaceholderData };
}

function readFound(
  of: LogFilter,
  search: { readonly text?: string; readonly minLevel?: LogLevel },
): Promise<LogMatches> {
  const { flowRunIds, taskRunIds, minLevel, where } = of;
  return api.searchLogs({
    of: {
      ...(flowRunIds === undefined ? {} : { flowRunIds }),
      ...(taskRunIds === undefined ? {} : { taskRunIds }),
      ...(minLevel === undefined ? {} : { minLevel }),
      ...(where === undefined ? {} : { where }),
    },
    ...search,
    max: maxFound,
  });
}
