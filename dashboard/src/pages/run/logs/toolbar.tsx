/** What is looked for in a log, and how it is shown. */

import { ArrowDownToLine, ChevronDown, ChevronUp, Ellipsis, WrapText, X } from "lucide-react";
import { clsx } from "clsx";
import type { FieldValue, LogLevel } from "millrace/client";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { usePreferences } from "../../../app/preferences.ts";
import { toCount } from "../../../format/number.ts";
import { toFullTime } from "../../../format/time.ts";
import { Button, IconButton } from "../../../ui/button.tsx";
import { Select, TextInput } from "../../../ui/field.tsx";
import { Menu, type MenuItem } from "../../../ui/menu.tsx";
import type { LogPreferences } from "./log-preferences.ts";
import { isFiltered, logLevels, type LogsChange, type LogsSearch } from "./logs-search.ts";
import type { useFieldValues } from "./use-field-values.ts";
import type { useTaskNames } from "./use-tasks.ts";

/** After the last letter, in ms. */
const typingMs = 150;

export interface ToolbarProps {
  readonly search: LogsSearch;
  readonly subflows?: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void };
  readonly onSearch: (change: LogsChange) => void;
  readonly findInput: RefObject<HTMLInputElement | null>;
  /** How many matches there are, and which of them is chosen. Null while it is not known. */
  readonly hits: { readonly count: number; readonly at: number | null; readonly isCut: boolean } | null;
  readonly onHit: (step: 1 | -1) => void;
  readonly errorCount: number | null;
  readonly onError: (step: 1 | -1) => void;
  readonly taskNames: ReturnType<typeof useTaskNames>;
  /** Null: the lines are of one task run. */
  readonly ofLabel: string | null;
  readonly attempts: ReturnType<typeof useFieldValues>;
  readonly loggers: ReturnType<typeof useFieldValues>;
  readonly preferences: LogPreferences;
  readonly onPreferences: (change: Partial<LogPreferences>) => void;
  readonly isLive: boolean;
  readonly isFollowing: boolean;
  readonly onFollow: () => void;
  readonly menu: readonly (MenuItem | "line")[];
  /** Lines of a download that have been read. */
  readonly downloaded: number | null;
  readonly onStopDownload: () => void;
}

export function Toolbar(props: ToolbarProps) {
  const { search, onSearch, preferences, onPreferences } = props;
  return (
    <div
      role="search"
      aria-label="Log lines"
      className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5"
    >
      <Find {...props} />
      <Select
        aria-label="Least level"
        value={search.level ?? ""}
        onChange={(event) =>
          onSearch({ level: event.target.value === "" ? undefined : (event.target.value as LogLevel) })
        }
        options={[
          ["", "All levels"],
          ...logLevels.slice(1).map((level) => [level, `${toTitle(level)} and up`] as const),
        ]}
      />
      {props.ofLabel === null ? null : <Tasks {...props} ofLabel={props.ofLabel} />}
      <Value
        label="Attempt"
        all="All attempts"
        of={props.attempts}
        chosen={search.attempt}
        toText={(attempt) => `Attempt ${attempt}`}
        onChange={(attempt) => onSearch({ attempt: Number(attempt) || undefined, line: undefined })}
      />
      <Value
        label="Logger"
        all="All loggers"
        of={props.loggers}
        chosen={search.logger}
        toText={String}
        onChange={(logger) => onSearch({ logger: logger === "" ? undefined : logger, line: undefined })}
      />
      <TimeRange {...props} />
      {isFiltered(search) ? (
        <Select
          aria-label="Lines around each match"
          value={String(search.around ?? 0)}
          onChange={(event) => onSearch({ around: Number(event.target.value) || undefined })}
          options={[0, 2, 5, 10, 25].map((lines) => [
            String(lines),
            lines === 0 ? "No lines around" : `${lines} lines around`,
          ])}
        />
      ) : null}
      {props.subflows === undefined ? null : (
        <Toggle
          label="Subflows"
          title="Show the lines of subflows too"
          isOn={props.subflows.isOn}
          onClick={() => props.subflows?.onChange(props.subflows.isOn === false)}
        />
      )}
      <span className="grow" />
      <Errors count={props.errorCount} onGo={props.onError} />
      <Toggle
        label="Wrap"
        title="Wrap long lines (w)"
        isOn={preferences.wraps}
        onClick={() => onPreferences({ wraps: !preferences.wraps })}
      >
        <WrapText size={14} />
      </Toggle>
      {props.isLive ? (
        <Toggle label="Follow" title="Stay at the end (l)" isOn={props.isFollowing} onClick={props.onFollow}>
          <ArrowDownToLine size={14} />
        </Toggle>
      ) : null}
      {props.downloaded === null ? (
        <Menu trigger={<Button icon={<Ellipsis size={14} />}>More</Button>} items={props.menu} />
      ) : (
        <Button onClick={props.onStopDownload}>
          <span role="status">{toCount(props.downloaded)} lines read</span> · Stop
        </Button>
      )}
    </div>
  );
}

function Find({ search, onSearch, findInput, hits, onHit }: ToolbarProps) {
  const [text, setText] = useState(search.find ?? "");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const given = useRef(search.find ?? "");
  // Somebody else has changed it: a link, the button for going back.
  useEffect(() => {
    if ((search.find ?? "") === given.current) return;
    given.current = search.find ?? "";
    setText(given.current);
  }, [search.find]);
  const set = (next: string): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      given.current = next;
      onSearch({ find: next === "" ? undefined : next });
    }, typingMs);
  };
  const isSearching = search.find !== undefined;
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1">
      <TextInput
        ref={findInput}
        aria-label="Find in the log"
        placeholder="Find in all lines"
        value={text}
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onHit(event.shiftKey ? -1 : 1);
        }}
        className="w-40"
      />
      {isSearching ? (
        <>
          <span role="status" className="min-w-14 text-center text-small whitespace-nowrap text-muted">
            {hits === null ? "…" : toHitText(hits)}
          </span>
          <IconButton label="Previous match (p)" onClick={() => onHit(-1)} disabled={hits === null || hits.count === 0}>
            <ChevronUp size={14} />
          </IconButton>
          <IconButton label="Next match (n)" onClick={() => onHit(1)} disabled={hits === null || hits.count === 0}>
            <ChevronDown size={14} />
          </IconButton>
          <Toggle
            label="Only matches"
            title="Leave out all other lines"
            isOn={search.only === true}
            onClick={() => onSearch({ only: search.only === true ? undefined : true })}
          />
        </>
      ) : null}
    </div>
  );
}

function toHitText({ count, at, isCut }: NonNullable<ToolbarProps["hits"]>): string {
  if (count === 0) return "None";
  const all = `${toCount(count)}${isCut ? "+" : ""}`;
  return at === null ? `${all} found` : `${toCount(at + 1)} of ${all}`;
}

function Tasks({ search, onSearch, taskNames, ofLabel }: ToolbarProps & { readonly ofLabel: string }) {
  const of = search.of;
  const names = of === undefined || taskNames.names.includes(of) ? taskNames.names : [of, ...taskNames.names];
  return (
    <Select
      aria-label="Task"
      value={of ?? ""}
      onPointerEnter={taskNames.want}
      onFocus={taskNames.want}
      onChange={(event) =>
        onSearch({ of: event.target.value === "" ? undefined : event.target.value, line: undefined })
      }
      options={[["", "All tasks"], ...names.map((name) => [name, name === of ? ofLabel : name] as const)]}
      className="max-w-36"
    />
  );
}

/** One of the values that lines have in a field. */
function Value(props: {
  readonly label: string;
  readonly all: string;
  readonly of: ReturnType<typeof useFieldValues>;
  readonly chosen: FieldValue | undefined;
  readonly toText: (value: FieldValue) => string;
  readonly onChange: (value: string) => void;
}) {
  const { of, chosen } = props;
  const values = chosen === undefined || of.values.includes(chosen) ? of.values : [chosen, ...of.values];
  const sorted = values.toSorted((a, b) => String(a).localeCompare(String(b), "en", { numeric: true }));
  return (
    <Select
      aria-label={props.label}
      value={String(chosen ?? "")}
      onPointerEnter={of.want}
      onFocus={of.want}
      onChange={(event) => props.onChange(event.target.value)}
      options={[["", props.all], ...sorted.map((value) => [String(value), props.toText(value)] as const)]}
      className={clsx("max-w-36", values.length < 2 && chosen === undefined && "hidden md:block")}
    />
  );
}

/** Chosen in the menu, by lines. */
function TimeRange({ search, onSearch }: ToolbarProps) {
  const { zone } = usePreferences();
  const { since, until } = search;
  if (since === undefined && until === undefined) return null;
  const from = since === undefined ? "" : `From ${toFullTime(since, zone)}`;
  const to = until === undefined ? "" : `up to ${toFullTime(until, zone)}`;
  return (
    <Button
      icon={<X size={14} />}
      title="Show lines of all times"
      onClick={() => onSearch({ since: undefined, until: undefined, line: undefined })}
    >
      {since === undefined ? toTitle(to) : `${from} ${to}`.trim()}
    </Button>
  );
}

function Errors({ count, onGo }: { readonly count: number | null; readonly onGo: (step: 1 | -1) => void }) {
  if (count === null || count === 0) return null;
  return (
    <div role="group" aria-label="Errors" className="flex items-center">
      <Button kind="quiet" onClick={() => onGo(1)} title="Go to the next error (e)" className="text-state-failed">
        {toCount(count)} {count === 1 ? "error" : "errors"}
      </Button>
      <IconButton label="Previous error" onClick={() => onGo(-1)}>
        <ChevronUp size={14} />
      </IconButton>
      <IconButton label="Next error" onClick={() => onGo(1)}>
        <ChevronDown size={14} />
      </IconButton>
    </div>
  );
}

function Toggle(props: {
  readonly label: string;
  readonly title: string;
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={props.isOn}
      title={props.title}
      onClick={props.onClick}
      className={clsx(
        "flex h-7 items-center gap-1.5 rounded-control border px-2 whitespace-nowrap",
        props.isOn ? "border-accent bg-selected" : "border-[var(--control-line)] bg-raised hover:bg-hover",
      )}
    >
      {props.children}
      {props.label}
    </button>
  );
}

const toTitle = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
