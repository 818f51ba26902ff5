/**
 * Lines that a program prints of what it does: for people, or as an object of JSON. Whatever is in an entry, it is one line: nothing that
 * a stranger has sent begins another, or speaks to the terminal.
 */

import { stripAnsi } from "./text.ts";

export type LogFormat = "text" | "json";

export interface LogEntry {
  /** In ms since the epoch. */
  readonly at: number;
  readonly level: string;
  /** What of the program says it: `server`, `worker`. */
  readonly component: string;
  readonly msg: string;
  readonly error?: LoggedError;
  /** What else belongs to it; what is null or undefined is left out. */
  readonly fields?: Readonly<Record<string, LoggedValue>>;
}

export type LoggedValue = string | number | boolean | null | undefined;

export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
}

/** Of a text of an entry, in characters; the rest is cut off. */
const maxTextLength = 16_384;

export function toLogLine(entry: LogEntry, format: LogFormat): string {
  return format === "json" ? toJsonLine(entry) : toTextLine(entry);
}

/** What of an error is told. Null for what is none: its message has it. */
export function toLoggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null, stack: null };
  const { code } = error as { readonly code?: unknown };
  const { name, message, stack = null } = error;
  return { name, message, code: typeof code === "string" ? code : null, stack };
}

function toJsonLine({ at, level, component, msg, error, fields = {} }: LogEntry): string {
  const known = { time: toTime(at), level, component, msg: cut(msg) };
  const more = Object.entries(fields).filter(([name, value]) => value != null && !(name in known));
  const object = {
    ...known,
    ...Object.fromEntries(more.map(cutField)),
    ...(error === undefined ? {} : { error: cutError(error) }),
  };
  // JSON allows these as they are, and some readers of lines take them for ends of lines.
  return JSON.stringify(object).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, toEscape);
}

function cutField([name, value]: readonly [string, LoggedValue]): readonly [string, LoggedValue] {
  return [name, typeof value === "string" ? cut(value) : value];
}

function cutError({ name, message, code, stack }: LoggedError): LoggedError {
  return { name: cut(name), message: cut(message), code, stack: stack === null ? null : cut(stack) };
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function toTextLine({ at, level, component, msg, error, fields = {} }: LogEntry): string {
  const more = Object.entries(fields).flatMap(([name, value]) =>
    value == null ? [] : [`${clean(name)}=${toWord(value)}`],
  );
  const why = error === undefined ? "" : `: ${error.stack ?? `${error.name}: ${error.message}`}`;
  return [toTime(at), level.padEnd(5), `${component}:`, clean(cut(msg + why)), ...more].join(" ");
}

/** A value with blanks is told from what follows it. */
function toWord(value: NonNullable<LoggedValue>): string {
  const text = clean(cut(String(value)));
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The lines of a stack are told apart by a bar. */
function clean(text: string): string {
  return stripAnsi(text.toWellFormed())
    .replaceAll(/\s*(?:\r?\n|[\u0085\u2028\u2029])\s*/g, " | ")
    .replaceAll("\t", " ")
    .replace(unprintable, "");
}

function cut(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}
