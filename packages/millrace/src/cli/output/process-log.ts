/** What a process that goes on and on prints of what it does, on the standard error: lines for people, or JSON. */

import type { Settings } from "../../app/settings.ts";
import { isMillraceError } from "../../contract/errors.ts";
import { type LogLevel, logSeverity } from "../../contract/records.ts";
import { type LogEntry, type LogFormat, type LoggedValue, toLoggedError, toLogLine } from "../../kit/log-line.ts";
import { choice } from "../arguments/options.ts";
import type { CommandContext, ExitCode } from "../command.ts";
import { exitCodeOf } from "../error-text.ts";

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const satisfies readonly LogLevel[];

/** Of the commands that have a log. */
export const logOptions = {
  logFormat: choice(["text", "json"], "How lines are printed. Default: logFormat, text."),
  logLevel: choice(levels, "The least severe lines that are printed. Default: processLogLevel, info."),
};

export interface LogMore {
  readonly fields?: Readonly<Record<string, LoggedValue>>;
  /** The fields that a text shows, where its words say the others. Default: all. */
  readonly shown?: readonly string[];
  readonly error?: unknown;
  /** In place of the log's own. */
  readonly component?: string;
}

type Write = (msg: string, more?: LogMore) => void;

export interface ProcessLog extends Readonly<Record<"debug" | "info" | "warn" | "error", Write>> {
  readonly format: LogFormat;
  prints(level: LogLevel): boolean;
  /** What who has started it waits for: in a text a sentence on the standard output. */
  told(sentence: string, fields: NonNullable<LogMore["fields"]>): void;
  /** What keeps it from starting is a line too, where lines are JSON; else it is thrown, and told as commands tell it. */
  started<T>(starting: Promise<T>): Promise<{ readonly value: T } | { readonly exitCode: ExitCode }>;
}

export function createProcessLog(
  context: Pick<CommandContext, "out" | "err" | "clock" | "json">,
  {
    component,
    settings,
    options,
  }: {
    readonly component: string;
    readonly settings: Pick<Settings, "logFormat" | "processLogLevel">;
    readonly options: {
      readonly logFormat: LogFormat | undefined;
      readonly logLevel: LogLevel | undefined;
      readonly verbose?: boolean;
    };
  },
): ProcessLog {
  const { out, err, clock, json } = context;
  const format = options.logFormat ?? settings.logFormat;
  const level = options.logLevel ?? (options.verbose === true ? "debug" : settings.processLogLevel);
  const prints = (asked: LogLevel): boolean => logSeverity[asked] >= logSeverity[level];

  function write(asked: LogLevel, msg: string, more: LogMore = {}): void {
    if (!prints(asked)) return;
    const { fields = {}, shown, error } = more;
    const isShown = ([name]: readonly [string, LoggedValue]): boolean =>
      format === "json" || shown === undefined || shown.includes(name);
    const entry: LogEntry = {
      at: clock.now(),
      level: asked,
      component: more.component ?? component,
      msg,
      fields: Object.fromEntries(Object.entries(fields).filter(isShown)),
      ...(error === undefined ? {} : { error: toTold(error) }),
    };
    err.line(toLogLine(entry, format));
  }

  if (format === "json") tellWarnings((warning) => write("warn", warning.message, { fields: { kind: warning.name } }));

  const at =
    (asked: LogLevel): Write =>
    (msg, more) =>
      write(asked, msg, more);
  return {
    format,
    prints,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    told(sentence, fields) {
      if (format === "json") write("info", sentence, { fields });
      else if (!json) out.line(sentence);
    },
    async started(starting) {
      try {
        return { value: await starting };
      } catch (error) {
        if (format === "text") throw error;
        write("fatal", "It cannot start", { error });
        return { exitCode: exitCodeOf(error) };
      }
    },
  };
}

/** Where one of the catalogue came from says nothing. */
function toTold(error: unknown): NonNullable<LogEntry["error"]> {
  const told = toLoggedError(error);
  return isMillraceError(error) ? { ...told, stack: null } : told;
}

/** In place of how Node prints them. */
function tellWarnings(tell: (warning: Error) => void): void {
  process.removeAllListeners("warning");
  process.on("warning", tell);
}
