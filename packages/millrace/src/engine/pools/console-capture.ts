import { formatWithOptions } from "node:util";
import type { LogLevel } from "../../contract/records.ts";

/** Secrets are masked before anything is cut, and long texts would be. */
const options = { maxStringLength: Number.POSITIVE_INFINITY };

const levels = {
  debug: "debug",
  error: "error",
  info: "info",
  log: "info",
  trace: "debug",
  warn: "warn",
} as const satisfies Record<string, LogLevel>;

/**
 * From now on, what the console prints goes to `write` first; it says false when the line is none of its business, and
 * is printed then.
 */
export function captureConsole(write: (level: LogLevel, message: string) => boolean): void {
  for (const [name, level] of Object.entries(levels)) {
    const print = Reflect.get(console, name) as (...parts: readonly unknown[]) => void;
    Reflect.set(console, name, (...parts: readonly unknown[]): void => {
      if (!write(level, formatWithOptions(options, ...parts))) print.apply(console, [...parts]);
    });
  }
}
