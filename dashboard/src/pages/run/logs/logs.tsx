/** The log of a run or a task run: a million lines are read as they come into view, and searched by the server. */

import type { StoredLogLine } from "millrace/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { usePreferences } from "../../../app/preferences.ts";
import { plural } from "../../../format/number.ts";
import { useIsNarrow } from "../../../ui/narrow.ts";
import { Button } from "../../../ui/button.tsx";
import { Empty, ErrorNote, Sketch } from "../../../ui/states-of-loading.tsx";
import { LineDetail } from "./line-detail.tsx";
import { useLogPreferences } from "./log-preferences.ts";
import { neighbour } from "./log-rows.ts";
import { toLineTime } from "./log-times.ts";
import { LogView, type LogViewHandle } from "./log-view.tsx";
import { isFiltered, isNarrowed, type LogScope, type LogsChange, type LogsSearch } from "./logs-search.ts";
import type { Band } from "./minimap.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useAnnouncement, useNewLineAnnouncement } from "./use-announcement.ts";
import { useChosenLines } from "./use-chosen-lines.ts";
import { useFieldValues } from "./use-field-values.ts";
import { useLogShortcuts } from "./use-log-shortcuts.ts";
import { useLogMenu } from "./use-log-menu.ts";
import { indexOf, toRows, useLogModel } from "./use-log-model.ts";
import { useLines } from "./use-log-list.ts";
import { useTaskLabels, useTaskNames } from "./use-tasks.ts";
import type { WindowStore } from "./window-store.ts";

export interface LogsProps {
  readonly scope: LogScope;
  readonly search: LogsSearch;
  readonly onSearch: (change: LogsChange) => void;
  /** Lines may still come. */
  readonly isLive: boolean;
  /** What times count from. */
  readonly startedAt: number | null;
  /** Where there are any: whether their lines are shown too. */
  readonly subflows?: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void };
  /** For the file that is downloaded. */
  readonly name: string;
}

export function Logs(props: LogsProps) {
  const { scope, search, onSearch, isLive } = props;
  const model = useLogModel(scope, search, { isLive });
  if (model.error !== null) return <ErrorNote error={model.error} />;
  return model.list === null ? (
    <Sketch rows={12} />
  ) : model.isCurrent && model.list.total === 0 && !isFiltered(search) && !isNarrowed(search) ? (
    <Empty title={isLive ? "Nothing has been logged yet" : "Nothing was logged"}>
      {isLive ? "Lines appear here as they are written." : "In the code, `logger().info(…)` writes here."}
    </Empty>
  ) : (
    <OpenLogs {...props} scope={scope} onSearch={onSearch} model={model} store={model.list.store} />
  );
}

function OpenLogs(
  props: LogsProps & { readonly model: ReturnType<typeof useLogModel>; readonly store: WindowStore<StoredLogLine> },
) {
  const { scope, search, onSearch, isLive, startedAt, model, store } = props;
  const { rows, hits } = model;
  const { zone } = usePreferences();
  const isNarrow = useIsNarrow();
  const [preferences, setPreferences] = useLogPreferences();
  const [isFollowing, setFollowing] = useState(search.line === undefined);
  const [hasDetails, setDetails] = useState(false);
  const view = useRef<LogViewHandle>(null);
  const findInput = useRef<HTMLInputElement>(null);
  const version = useLines(store);
  const { labelOf, want: wantLabels } = useTaskLabels();
  const taskNames = useTaskNames(scope);
  const isShort = rows.count <= shortLog;
  const attempts = useFieldValues("attempt", scope, { isShort });
  const loggers = useFieldValues("logger", scope, { isShort });
  const chosen = useChosenLines(search.line, (line) => onSearch({ line }));
  const { announcement, announce } = useAnnouncement();

  const lineAt = useCallback((row: number) => store.itemAt(rows.placeOf(row)), [store, rows]);
  const inView = useRef({ first: 0, last: -1 });
  const wantShown = useCallback((): void => {
    const { first, last } = inView.current;
    const ids = Array.from({ length: last - first + 1 }, (_, at) => lineAt(first + at)?.taskRunId ?? null);
    wantLabels(ids.filter((id) => id !== null));
  }, [lineAt, wantLabels]);
  const onView = useCallback(
    (first: number, last: number): void => {
      inView.current = { first, last };
      store.want(Array.from({ length: last - first + 1 }, (_, at) => rows.placeOf(first + at)));
      wantShown();
    },
    [store, rows, wantShown],
  );
  // Lines that came may be of task runs that are not known.
  useEffect(wantShown, [version, wantShown]);

  const reveal = (row: number): void => {
    setFollowing(false);
    view.current?.reveal(row);
  };
  /** To a line, whether or not a filter leaves it. */
  const goTo = (number: number): void => {
    chosen.set({ anchor: number, cursor: number });
    const row = rows.rowOf(number);
    if (isFiltered(search) && rows.numberOf(row) !== number) onSearch({ level: undefined, only: undefined });
    else reveal(row);
    announce(describe(number, lineAt(row)));
  };
  // What a link names, and what was chosen before another filter.
  const listKey = model.list?.key;
  const range = chosen.range;
  // Once for each list and each line of the address.
  useEffect(() => {
    if (range !== null && model.isCurrent && rows.count > 0) view.current?.reveal(rows.rowOf(range.from));
  }, [listKey, model.isCurrent, chosen.given]);

  const cursorRow = chosen.cursor === null ? null : rows.rowOf(chosen.cursor);
  const onHit = (step: 1 | -1): void => {
    const row = neighbour(hits ?? [], cursorRow, step);
    const number = row === null ? null : rows.numberOf(row);
    if (number !== null) goTo(number);
    else if (row !== null) reveal(row);
  };
  const onError = (step: 1 | -1): void => {
    const number = neighbour(model.errors?.ordinals ?? [], chosen.cursor, step);
    if (number !== null) goTo(number);
  };
  const follow = (): void => {
    setFollowing(!isFollowing);
    if (!isFollowing) view.current?.toEnd();
  };
  useLogShortcuts({
    find: () => findInput.current?.focus(),
    hit: onHit,
    error: onError,
    wrap: () => setPreferences({ wraps: !preferences.wraps }),
    follow,
  });

  const onKey = (event: React.KeyboardEvent, rowsInView: number): boolean => {
    if ((event.ctrlKey || event.metaKey) && event.key === "c") {
      if (chosen.range === null || getSelection()?.isCollapsed === false) return false;
      menu.copyChosen();
      return true;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Enter" && chosen.cursor !== null) {
      setDetails(true);
      return true;
    }
    if (event.key === "Escape" && hasDetails) {
      setDetails(false);
      return true;
    }
    const from = cursorRow ?? inView.current.first + (event.key === "ArrowUp" ? 1 : -1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + rowsInView,
      PageUp: from - rowsInView,
      Home: 0,
      End: rows.count - 1,
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return false;
    const row = Math.max(0, Math.min(rows.count - 1, wanted));
    const number = rows.numberOf(row);
    if (number === null) view.current?.reveal(row);
    else {
      chosen.set({ anchor: event.shiftKey ? (chosen.anchor ?? number) : number, cursor: number });
      reveal(row);
      announce(describe(number, lineAt(row)));
    }
    if (event.key === "End" && isLive) setFollowing(true);
    return true;
  };

  const menu = useLogMenu({
    ...props,
    range,
    timeOf: (number) => lineAt(rows.rowOf(number))?.at ?? null,
    rows,
    base: model.base,
    filter: model.filter,
    preferences,
    onPreferences: setPreferences,
  });
  const isAll = !isFiltered(search);
  const bands = useMemo(
    (): readonly Band[] => [
      { rows: toRows(rows, model.warnings?.ordinals ?? [], { isAll }), tone: "--attention", side: "right" },
      { rows: toRows(rows, model.errors?.ordinals ?? [], { isAll }), tone: "--failed", side: "right" },
      { rows: search.only === true ? [] : (hits ?? []), tone: "--accent", side: "left" },
    ],
    [rows, model.warnings, model.errors, hits, search.only, isAll],
  );
  const digits = Math.max(3, String(rows.numberOf(rows.count - 1) ?? rows.count).length);
  const detail = hasDetails && cursorRow !== null ? lineAt(cursorRow) : undefined;
  const seen = useNewLines(rows.count, isFollowing);
  useNewLineAnnouncement({
    count: rows.count,
    isFollowing: isLive && isFollowing,
    lastText: () => lineAt(rows.count - 1)?.message.slice(0, 200) ?? "",
    announce,
  });

  return (
    <div className="flex min-h-0 grow basis-0 flex-col">
      <Toolbar
        search={search}
        onSearch={onSearch}
        findInput={findInput}
        {...(props.subflows === undefined ? {} : { subflows: props.subflows })}
        hits={
          hits === null
            ? null
            : { count: hits.length, at: cursorRow === null ? null : indexOf(hits, cursorRow), isCut: model.isCut }
        }
        onHit={onHit}
        errorCount={model.errors?.ordinals.length ?? null}
        onError={onError}
        taskNames={taskNames}
        ofLabel={
          "taskRunId" in scope || ("flowRunIds" in scope && search.of === undefined)
            ? null
            : (labelOf(search.of ?? null)?.name ?? search.of ?? "")
        }
        attempts={attempts}
        loggers={loggers}
        preferences={preferences}
        onPreferences={setPreferences}
        isLive={isLive}
        isFollowing={isFollowing}
        onFollow={follow}
        menu={menu.items}
        downloaded={menu.downloaded}
        onStopDownload={menu.stopDownload}
      />
      {model.isKnown && rows.count === 0 ? (
        <Empty title="No line matches">
          <button type="button" className="link" onClick={() => onSearch(everything)}>
            Show all lines
          </button>
        </Empty>
      ) : (
        <div className="relative flex min-h-0 grow flex-col">
          <LogView
            ref={view}
            label="Log"
            rowCount={rows.count}
            wraps={preferences.wraps}
            bands={bands}
            isFollowing={isFollowing}
            onEnd={(isAtEnd) => {
              if (!isAtEnd || isLive) setFollowing(isAtEnd);
            }}
            onView={onView}
            rowProps={(row) => {
              const line = lineAt(row);
              const number = rows.numberOf(row);
              return {
                line,
                number,
                digits,
                time:
                  line === undefined
                    ? ""
                    : toLineTime({
                        times: preferences.times,
                        zone,
                        at: line.at,
                        startedAt,
                        before: row === 0 ? null : (lineAt(row - 1)?.at ?? null),
                      }),
                label: labelOf(line?.taskRunId ?? null),
                hasLabel: !("taskRunId" in scope),
                isNarrow,
                find: search.find ?? "",
                isChosen: range !== null && number !== null && number >= range.from && number <= range.to,
                isCurrent: number !== null && number === chosen.cursor,
                isAfterGap: rows.isAfterGap(row),
                isMatch: rows.isMatch(row),
              };
            }}
            onChoose={(row, how) => {
              const number = rows.numberOf(row);
              if (number === null) return;
              setFollowing(false);
              chosen.set({ anchor: how.extends ? (chosen.anchor ?? number) : number, cursor: number });
              view.current?.focus();
            }}
            onDetails={(row) => {
              const number = rows.numberOf(row);
              if (number === null) return;
              chosen.set({ anchor: number, cursor: number });
              setDetails(true);
            }}
            onKey={onKey}
          />
          {isLive && !isFollowing && seen > 0 ? (
            <Button kind="primary" onClick={follow} className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-lg">
              {plural(seen, "new line")}
            </Button>
          ) : null}
        </div>
      )}
      {detail === undefined ? null : (
        <LineDetail
          line={detail}
          number={chosen.cursor}
          label={labelOf(detail.taskRunId)}
          onClose={() => {
            setDetails(false);
            view.current?.focus();
          }}
        />
      )}
      <div aria-live="polite" className="sr-only">
        {announcement}
      </div>
    </div>
  );
}

/** Of so many lines the attempts are counted at once; of more, when somebody is about to choose. */
const shortLog = 100_000;

const everything: LogsChange = {
  level: undefined,
  find: undefined,
  only: undefined,
  of: undefined,
  attempt: undefined,
  logger: undefined,
  since: undefined,
  until: undefined,
};

function describe(number: number, line: { readonly level: string; readonly message: string } | undefined): string {
  return line === undefined ? `Line ${number + 1}` : `Line ${number + 1}, ${line.level}: ${line.message.slice(0, 200)}`;
}

/** Rows that came since the end was left. */
function useNewLines(count: number, isFollowing: boolean): number {
  const seen = useRef(count);
  if (isFollowing || count < seen.current) seen.current = count;
  return count - seen.current;
}
