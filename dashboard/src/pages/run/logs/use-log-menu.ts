/** What can be done with lines outside the page. */

import type { LogFilter } from "millrace/client";
import { api } from "../../../api/api.ts";
import { plural } from "../../../format/number.ts";
import type { MenuItem } from "../../../ui/menu.tsx";
import { say, sayError } from "../../../ui/toast.ts";
import { toTextLine } from "./download.ts";
import type { LogRows } from "./log-rows.ts";
import {
  isFiltered,
  isNarrowed,
  type LineRange,
  type LogsChange,
  type LogScope,
  type LogsSearch,
  toBase,
  toFilter,
  toLogsCommand,
} from "./logs-search.ts";
import type { LogPreferences } from "./log-preferences.ts";
import { logTimes } from "./log-times.ts";
import { useDownload } from "./use-download.ts";

/** Lines that are copied at once. */
const maxCopied = 10_000;

export function useLogMenu(props: {
  readonly scope: LogScope;
  readonly search: LogsSearch;
  readonly onSearch: (change: LogsChange) => void;
  readonly isLive: boolean;
  readonly name: string;
  readonly range: LineRange | null;
  /** When a line was written, by its number; null while it is not read. */
  readonly timeOf: (number: number) => number | null;
  readonly rows: LogRows;
  readonly base: LogFilter | null;
  readonly filter: LogFilter | null;
  readonly preferences: LogPreferences;
  readonly onPreferences: (change: Partial<LogPreferences>) => void;
}) {
  const { preferences, onPreferences } = props;
  const { scope, search, isLive, name, range, rows, base, filter } = props;
  const download = useDownload();

  const copyLines = async (of: LogFilter, lines: LineRange): Promise<void> => {
    const first = rows.placeOf(rows.rowOf(lines.from));
    const last = rows.placeOf(rows.rowOf(lines.to));
    const limit = Math.min(maxCopied, last - first + 1);
    try {
      const { items } = await api.listLogs(of, { offset: first, limit });
      await navigator.clipboard.writeText(items.map(toTextLine).join("\n"));
      say(`${plural(items.length, "line")} copied${limit < last - first + 1 ? ", the first of those chosen" : ""}`);
    } catch (error) {
      sayError(error);
    }
  };
  const copyChosen = (): void => {
    if (filter !== null && range !== null) void copyLines(filter, range);
  };
  const copyText = async (text: string, done: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch (error) {
      sayError(error);
    }
  };
  const saving = (of: LogFilter | null, format: "text" | "ndjson"): (() => void) => {
    return () => {
      if (of !== null) download.start({ filter: of, format, name });
    };
  };
  const cutTime = ({ isFrom }: { readonly isFrom: boolean }): void => {
    const at = range === null ? null : props.timeOf(isFrom ? range.from : range.to);
    if (at === null) return;
    // Lines have other numbers then.
    props.onSearch({ ...(isFrom ? { since: Math.floor(at) } : { until: Math.floor(at) }), line: undefined });
  };
  const whyNot = range === null ? "Choose lines by their numbers first; with Shift, several." : null;
  const all = toBase(scope, {}, null);
  // What the filter leaves, without the lines around.
  const shown = base === null ? null : toFilter(base, search);
  const items: readonly (MenuItem | "line")[] = [
    ...logTimes.map(([times, label]) => ({
      label: `Times: ${label}`,
      onSelect: () => onPreferences({ times }),
      ...(preferences.times === times ? { keys: "✓" } : {}),
    })),
    "line",
    { label: "Only lines from the chosen one on", onSelect: () => cutTime({ isFrom: true }), whyNot },
    { label: "Only lines up to the chosen one", onSelect: () => cutTime({ isFrom: false }), whyNot },
    "line",
    { label: "Copy the chosen lines", onSelect: copyChosen, whyNot },
    { label: "Copy a link to them", onSelect: () => void copyText(location.href, "The link was copied"), whyNot },
    {
      label: "Copy as command",
      onSelect: () => void copyText(toLogsCommand(scope, search, { isLive }), "The command was copied"),
    },
    "line",
    ...(isFiltered(search) || isNarrowed(search)
      ? [
          { label: "Download shown lines as text", onSelect: saving(shown, "text") },
          { label: "Download shown lines as NDJSON", onSelect: saving(shown, "ndjson") },
        ]
      : []),
    { label: "Download all as text", onSelect: saving(all, "text") },
    { label: "Download all as NDJSON", onSelect: saving(all, "ndjson") },
  ];
  return { items, copyChosen, downloaded: download.lines, stopDownload: download.stop };
}
