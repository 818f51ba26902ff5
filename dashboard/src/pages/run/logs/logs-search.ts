/** What a list of log lines shows, as it stands in the address, and as questions to the server. */

import type { Condition, LogFilter, LogLevel } from "millrace/client";

export const logLevels: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** Whose lines. */
export type LogScope =
  | { readonly flowRunId: string }
  /** A run with its subflows. */
  | { readonly flowRunIds: readonly string[] }
  | { readonly taskRunId: string };

export interface LogsSearch {
  /** The least severe lines that are shown. */
  readonly level?: LogLevel;
  /** In the message. */
  readonly find?: string;
  /** Only lines that `find` is in; else they are marked. */
  readonly only?: true;
  /** Lines shown before and after each that a filter leaves. */
  readonly around?: number;
  /** A task's name, or the id of a task run. */
  readonly of?: string;
  readonly attempt?: number;
  readonly logger?: string;
  /** Written in this time, in ms since the epoch; both are in it. */
  readonly since?: number;
  readonly until?: number;
  /** A line, or the first and last of several: places in the list without `level` and `find`, from 1. */
  readonly line?: LineRange;
}

/** Places from 0; both are in it. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** The names that `LogsSearch` has in the address. */
export const logsNames = [
  "level",
  "find",
  "only",
  "around",
  "of",
  "attempt",
  "logger",
  "since",
  "until",
  "line",
] as const;

/** Whatever somebody has typed: what is none of ours is left out. */
export function readLogsSearch(given: Readonly<Record<string, unknown>>): LogsSearch {
  const level = given.level as LogLevel;
  const find = textOf(given.find);
  const of = textOf(given.of);
  const around = numberOf(given.around);
  const attempt = numberOf(given.attempt);
  const logger = textOf(given.logger);
  const since = timeOf(given.since);
  const until = timeOf(given.until);
  const line = readLines(given.line);
  return {
    ...(logLevels.includes(level) ? { level } : {}),
    ...(find === null ? {} : { find }),
    ...(given.only === true ? { only: true as const } : {}),
    ...(around === null || around > 100 ? {} : { around }),
    ...(of === null ? {} : { of }),
    ...(attempt === null ? {} : { attempt }),
    ...(logger === null ? {} : { logger }),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
    ...(line === null ? {} : { line }),
  };
}

/** The same as it stands in the address; what is not set is undefined, so that it replaces what was there. */
export function writeLogsSearch(search: LogsSearch): Readonly<Record<(typeof logsNames)[number], unknown>> {
  const { level, find, only, around, of, attempt, logger, since, until, line } = search;
  return {
    level,
    find: find === "" ? undefined : find,
    only,
    around: around === 0 ? undefined : around,
    of: of === "" ? undefined : of,
    attempt,
    logger: logger === "" ? undefined : logger,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    until: until === undefined ? undefined : new Date(until).toISOString(),
    line: line === undefined ? undefined : writeLines(line),
  };
}

// A text of digits alone is read from an address as a number.
function textOf(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}

/** As ISO 8601 has it. */
function timeOf(value: unknown): number | null {
  const time = Date.parse(textOf(value) ?? "");
  return Number.isNaN(time) ? null : time;
}

/** `12` or `12-40`. */
function readLines(value: unknown): LineRange | null {
  const found = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(textOf(value) ?? "");
  if (found === null) return null;
  const first = Number(found[1]) - 1;
  const last = Number(found[2] ?? found[1]) - 1;
  return first < 0 || last < 0 ? null : { from: Math.min(first, last), to: Math.max(first, last) };
}

function writeLines({ from, to }: LineRange): string | number {
  return from === to ? from + 1 : `${from + 1}-${to + 1}`;
}

/** What lines are numbered in: everything but level and text. */
export type LogBase = Pick<LogFilter, "flowRunIds" | "taskRunIds" | "where">;

/** @param taskRunIds those of the task that is chosen; null: all */
export function toBase(scope: LogScope, search: LogsSearch, taskRunIds: readonly string[] | null): LogBase {
  const { attempt, logger, since, until } = search;
  const conditions: readonly Condition[] = [
    ...(attempt === undefined ? [] : [{ field: "attempt", in: [attempt] }]),
    ...(logger === undefined ? [] : [{ field: "logger", in: [logger] }]),
    ...(since === undefined ? [] : [{ field: "at", atLeast: since }]),
    // Times are finer than the address has them.
    ...(until === undefined ? [] : [{ field: "at", below: until + 1 }]),
  ];
  const [only, another] = conditions;
  return {
    ...("taskRunId" in scope
      ? { taskRunIds: [scope.taskRunId] }
      : { flowRunIds: "flowRunId" in scope ? [scope.flowRunId] : scope.flowRunIds }),
    ...(taskRunIds === null ? {} : { taskRunIds }),
    ...(only === undefined ? {} : { where: another === undefined ? only : { all: conditions } }),
  };
}

/** Whether the base itself leaves lines out. */
export const isNarrowed = ({ of, attempt, logger, since, until }: LogsSearch): boolean =>
  [of, attempt, logger, since, until].some((value) => value !== undefined);

/** Whether lines are left out that the base has. */
export function isFiltered({ level, find, only }: LogsSearch): boolean {
  return level !== undefined || (only === true && find !== undefined);
}

/** What a filter asks for beside the base. */
export function toFilter(base: LogBase, { level, find, only }: LogsSearch): LogFilter {
  return {
    ...base,
    ...(level === undefined ? {} : { minLevel: level }),
    ...(only === true && find !== undefined ? { contains: find } : {}),
  };
}

/** The list that is read: where lines around the matches are shown too, all lines of the base. */
export function toListed(base: LogBase, search: LogsSearch): LogFilter {
  return isFiltered(search) && (search.around ?? 0) > 0 ? base : toFilter(base, search);
}

/** The same as a condition, for counting; `toFilter` is for lists. */
export function toLogCondition(filter: LogFilter, upToSeq: number): Condition {
  const { flowRunIds, taskRunIds, minLevel, contains, where } = filter;
  return {
    all: [
      ...(flowRunIds === undefined ? [] : [{ field: "flowRunId", in: flowRunIds }]),
      ...(taskRunIds === undefined ? [] : [{ field: "taskRunId", in: taskRunIds }]),
      ...(minLevel === undefined ? [] : [{ field: "severity", atLeast: severities[minLevel] }]),
      ...(contains === undefined ? [] : [{ field: "message", contains }]),
      ...(where === undefined ? [] : [where]),
      { field: "seq", atMost: upToSeq },
    ],
  };
}

const severities: Readonly<Record<LogLevel, number>> = {
  trace: 5,
  debug: 10,
  info: 20,
  warn: 30,
  error: 40,
  fatal: 50,
};

/** Places with so many before and after each, ascending, each once. `total` is how many places there are. */
export function withAround(ordinals: readonly number[], around: number, total: number): readonly number[] {
  const shown: number[] = [];
  let next = 0;
  for (const ordinal of ordinals) {
    const last = Math.min(total - 1, ordinal + around);
    for (let place = Math.max(next, ordinal - around); place <= last; place++) shown.push(place);
    next = Math.max(next, last + 1);
  }
  return shown;
}

/** Where the first that is not below a value stands in an ascending list. */
export function lowerBound(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The command line that shows the same. */
export function toLogsCommand(scope: LogScope, search: LogsSearch, { isLive }: { readonly isLive: boolean }): string {
  const { level, find, only, of } = search;
  const words = [
    "millrace",
    ...("taskRunId" in scope
      ? ["task-run", "logs", scope.taskRunId]
      : ["flow-run", "logs", "flowRunId" in scope ? scope.flowRunId : (scope.flowRunIds[0] ?? "latest")]),
    ...(level === undefined ? [] : ["--level", level]),
    ...(of === undefined || "taskRunId" in scope ? [] : ["--task", quote(of)]),
    ...(find === undefined || only !== true ? [] : ["--contains", quote(find)]),
    ...(isLive ? ["--follow"] : []),
  ];
  return words.join(" ");
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export type LogsChange = { readonly [Name in keyof LogsSearch]?: LogsSearch[Name] | undefined };

/** With what is undefined in the change left out. */
export function changeLogsSearch(search: LogsSearch, change: LogsChange): LogsSearch {
  const kept = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept);
}
