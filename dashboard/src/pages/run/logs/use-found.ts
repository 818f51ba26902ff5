/** Where in a log the matches are. */

import type { LogLevel, LogMatches } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import type { LogFilter } from "millrace/client";

/** What the server tells at most. */
export const maxFound = 50_000;

export interface Found extends LogMatches {
  readonly isStale: boolean;
}

export function useFound(props: {
  /** The list that is searched; null: nothing is. */
  readonly of: LogFilter | null;
  readonly text?: string;
  readonly minLevel?: LogLevel;
  /** It is searched again so often, in ms; while lines come. */
  readonly everyMs: number | null;
}): Found | null {
  const { of, text, minLevel, everyMs } = props;
  const search = {
    ...(text === undefined ? {} : { text }),
    ...(minLevel === undefined ? {} : { minLevel }),
  };
  const query = useLive({
    key: ["logs", "found", of, search],
    read: () => (of === null ? Promise.reject(new Error("Nothing is searched")) : readFound(of, search)),
    isEnabled: of !== null,
    ...(everyMs === null ? {} : { everyMs }),
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
