/** One line of a log. */

import { clsx } from "clsx";
import type { LogLevel, StoredLogLine } from "millrace/client";
import { memo, type ReactNode } from "react";
import { type Segment, type ShownMessage, toShown } from "./ansi.ts";
import type { TaskLabel } from "./use-tasks.ts";
import "./ansi.css";

/** Characters of a line that does not wrap; the rest is in its details. */
const maxUnwrapped = 2000;
const maxWrapped = 20_000;

const shownOf = new WeakMap<StoredLogLine, ShownMessage>();

export function toShownLine(line: StoredLogLine): ShownMessage {
  let shown = shownOf.get(line);
  if (shown === undefined) {
    shown = toShown(line.message);
    shownOf.set(line, shown);
  }
  return shown;
}

export const levelText: Readonly<Record<LogLevel, string>> = {
  trace: "text-faint",
  debug: "text-faint",
  info: "text-muted",
  warn: "text-state-attention font-medium",
  error: "text-state-failed font-medium",
  fatal: "text-state-crashed font-semibold",
};

export interface LogRowProps {
  /** Undefined while it is read. */
  readonly line: StoredLogLine | undefined;
  readonly row: number;
  /** From 0; null when it is not known. */
  readonly number: number | null;
  readonly digits: number;
  readonly time: string;
  readonly label: TaskLabel | undefined;
  readonly hasLabel: boolean;
  readonly isNarrow: boolean;
  readonly wraps: boolean;
  readonly find: string;
  readonly isChosen: boolean;
  /** The one that next and previous go from. */
  readonly isCurrent: boolean;
  /** Lines are left out before it. */
  readonly isAfterGap: boolean;
  /** It is what the filter leaves, among lines that are there for its context. */
  readonly isMatch: boolean;
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, row, number, digits, time, label, hasLabel, isNarrow, wraps, find } = props;
  return (
    <div
      data-line={row}
      className={clsx(
        "flex gap-3 border-l-2 pr-4",
        !wraps && "h-5",
        props.isChosen && "bg-selected",
        props.isCurrent && "outline outline-1 -outline-offset-1 outline-accent",
        props.isAfterGap && "border-t border-dashed border-[var(--control-line)]",
        props.isMatch ? "border-l-accent" : "border-l-transparent",
      )}
    >
      <span
        data-number
        className={clsx(
          "sticky left-0 shrink-0 cursor-pointer bg-bg pr-1 pl-2 text-right text-faint select-none hover:text-fg",
          props.isChosen && "bg-selected",
        )}
        style={{ width: `calc(${digits}ch + 12px)` }}
      >
        {number === null ? "" : number + 1}
      </span>
      {line === undefined ? (
        <span className="text-faint">…</span>
      ) : (
        <>
          {isNarrow ? null : <span className="w-[13ch] shrink-0 truncate text-right text-faint">{time}</span>}
          <span
            className={clsx("shrink-0", isNarrow ? "w-[1ch]" : "w-[5ch]", levelText[line.level])}
            title={line.level}
          >
            {isNarrow ? line.level.slice(0, 1).toUpperCase() : line.level}
          </span>
          {hasLabel && !isNarrow ? (
            <span className="w-[16ch] shrink-0 truncate text-muted" title={label?.name}>
              <bdi>{label?.name ?? ""}</bdi>
            </span>
          ) : null}
          <Message shown={toShownLine(line)} wraps={wraps} find={find} level={line.level} />
        </>
      )}
    </div>
  );
});

function Message(props: {
  readonly shown: ShownMessage;
  readonly wraps: boolean;
  readonly find: string;
  readonly level: LogLevel;
}) {
  const { shown, wraps, find, level } = props;
  const first = shown.lines[0] ?? [];
  const more = shown.lines.length - 1;
  const tone =
    level === "error" || level === "fatal"
      ? "text-state-failed"
      : level === "debug" || level === "trace"
        ? "text-muted"
        : "";
  if (wraps) {
    return (
      <bdi className={clsx("min-w-0 grow break-words whitespace-pre-wrap [overflow-wrap:anywhere]", tone)}>
        {shown.lines.map((line, at) => (
          <span key={at}>
            {at === 0 ? null : "\n"}
            <Segments segments={cut(line, maxWrapped)} find={find} />
          </span>
        ))}
      </bdi>
    );
  }
  const shownFirst = cut(first, maxUnwrapped);
  return (
    <>
      <bdi className={clsx("shrink-0 whitespace-pre", tone)}>
        <Segments segments={shownFirst} find={find} />
      </bdi>
      {more > 0 || shownFirst !== first ? (
        <span data-details className="sticky right-2 shrink-0 cursor-pointer rounded-control bg-panel px-1 text-muted">
          {more > 0 ? `+${more} ${more === 1 ? "line" : "lines"}` : "more"}
        </span>
      ) : null}
    </>
  );
}

function cut(segments: readonly Segment[], max: number): readonly Segment[] {
  let left = max;
  if (segments.reduce((sum, { text }) => sum + text.length, 0) <= max) return segments;
  const kept: Segment[] = [];
  for (const { text, classes } of segments) {
    if (left <= 0) break;
    kept.push({ text: text.length > left ? `${text.slice(0, left)}…` : text, classes });
    left -= text.length;
  }
  return kept;
}

export function Segments({
  segments,
  find,
}: {
  readonly segments: readonly Segment[];
  readonly find: string;
}): ReactNode {
  return segments.map(({ text, classes }, at) => (
    <span key={at} className={classes}>
      {find === "" ? text : marked(text, find)}
    </span>
  ));
}

/** With what was looked for marked, letters of either case being equal. */
function marked(text: string, find: string): ReactNode {
  const low = text.toLowerCase();
  const wanted = find.toLowerCase();
  // Some letters are longer in the other case, and places would not fit.
  if (low.length !== text.length) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, at + wanted.length)) {
    parts.push(text.slice(end, at));
    end = at + wanted.length;
    parts.push(
      <mark key={at} className="rounded-sm bg-[color-mix(in_oklab,var(--attention)_35%,var(--bg))] text-fg">
        {text.slice(at, end)}
      </mark>,
    );
  }
  parts.push(text.slice(end));
  return parts;
}
