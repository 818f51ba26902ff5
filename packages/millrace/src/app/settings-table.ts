/** Every setting there is. The table drives reading, `config view`, `config set` and the docs. */

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { LogLevel } from "../contract/records.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { parseS3Url } from "./s3-url.ts";

/** The settings and their values; each is explained in the table. */
export interface SettingValues {
  readonly home: string;
  readonly database: string | null;
  readonly apiUrl: string | null;
  readonly durability: "process" | "power";
  readonly logLevel: LogLevel;
  readonly inlineResultBytes: number;
  readonly flowConcurrency: number;
  readonly attentionMs: number;
  readonly graceMs: number;
  readonly leaseMs: number;
  readonly startWithinMs: number;
  readonly firingRetentionMs: number;
  readonly workerRetentionMs: number;
  readonly driftSettleMs: number;
  readonly live: "auto" | "tree" | "lines" | "off";
  readonly color: "auto" | "always" | "never";
  readonly resultStorage: string | null;
  readonly secretsKey: string | null;
  readonly checkAnswers: "on" | "off";
}

export type SettingName = keyof SettingValues;

export interface SettingRule<T> {
  /** The environment variable. */
  readonly variable: string;
  /** As a person would write it; null for a setting that may be absent. */
  readonly default: null extends T ? string | null : string;
  /** The value of a text; folders are relative to `base`. Throws a RangeError that says what would be right. */
  readonly parse: (text: string, base: string) => NonNullable<T>;
  readonly description: string;
  /** True where a profile cannot have it. */
  readonly isEnvironmentOnly?: true;
  /** What may be shown of the value. Default: all of it. */
  readonly show?: (value: NonNullable<T>) => string;
}

export const settingsTable: { readonly [Name in SettingName]: SettingRule<SettingValues[Name]> } = {
  home: {
    variable: "MILLRACE_HOME",
    default: "~/.millrace",
    parse: toFolder,
    description: "The folder of the ledger, its results, the key of its secrets and the profiles.",
    isEnvironmentOnly: true,
  },
  database: {
    variable: "MILLRACE_DATABASE",
    default: null,
    parse: toDatabase,
    description:
      "The ledger's PostgreSQL, as postgres://user@host/name. Without one it is SQLite, in `ledger.db` of the home folder.",
    show: hidePassword,
  },
  apiUrl: {
    variable: "MILLRACE_API_URL",
    default: null,
    parse: toApiUrl,
    description:
      "A Millrace server that runs are recorded on, as http://127.0.0.1:4270, in place of a ledger of one's own. --home and --database go before it.",
    show: hidePassword,
  },
  durability: {
    variable: "MILLRACE_DURABILITY",
    default: "process",
    parse: oneOf("process", "power"),
    description:
      "What a completed task survives: the death of the process, or also a loss of power, which costs a disk flush each commit.",
  },
  logLevel: {
    variable: "MILLRACE_LOG_LEVEL",
    default: "info",
    parse: oneOf("trace", "debug", "info", "warn", "error", "fatal"),
    description: "The least severe log lines that are recorded, where a flow or task does not say.",
  },
  inlineResultBytes: {
    variable: "MILLRACE_INLINE_RESULT_BYTES",
    default: "16KiB",
    parse: size({ max: "1MiB" }),
    description: "Results up to this size are kept in the ledger, larger ones in the result storage.",
  },
  flowConcurrency: {
    variable: "MILLRACE_FLOW_CONCURRENCY",
    default: "256",
    parse: wholeNumber({ min: 1, max: 100_000 }),
    description: "How many submitted and mapped tasks of a flow run at once.",
  },
  attentionMs: {
    variable: "MILLRACE_ATTENTION_MS",
    default: "250ms",
    parse: duration({ min: "10ms", max: "1s" }),
    description: "How often a process looks whether its runs were cancelled.",
  },
  graceMs: {
    variable: "MILLRACE_GRACE_MS",
    default: "10s",
    parse: duration({ min: "0ms", max: "1h" }),
    description: "How long a task's body may go on after it was told to stop, before its thread or process is ended.",
  },
  leaseMs: {
    variable: "MILLRACE_LEASE_MS",
    default: "30s",
    parse: duration({ min: "100ms", max: "1h" }),
    description: "How long after a process's last sign of life its runs count as crashed.",
  },
  startWithinMs: {
    variable: "MILLRACE_START_WITHIN_MS",
    default: "5m",
    parse: duration({ min: "1s", max: "1h" }),
    description:
      "How long a run that a worker has claimed may take to start, before other workers count it as crashed: the worker died in between.",
  },
  firingRetentionMs: {
    variable: "MILLRACE_FIRING_RETENTION_MS",
    default: "30d",
    parse: duration({ min: "1m", max: "3650d" }),
    description: "How long the firings of automations are kept, with what became of their actions.",
  },
  workerRetentionMs: {
    variable: "MILLRACE_WORKER_RETENTION_MS",
    default: "7d",
    parse: duration({ min: "1m", max: "3650d" }),
    description: "How long a worker stays in the lists of its pool after its last sign of life.",
  },
  driftSettleMs: {
    variable: "MILLRACE_DRIFT_SETTLE_MS",
    default: "1s",
    parse: duration({ min: "0ms", max: "1m" }),
    description:
      "How long a resumed run must be quiet before recorded steps that the code no longer calls are reported.",
  },
  live: {
    variable: "MILLRACE_LIVE",
    default: "auto",
    parse: oneOf("auto", "tree", "lines", "off"),
    description: "How a run is shown while it runs: a tree on a terminal, lines, or nothing.",
  },
  color: {
    variable: "MILLRACE_COLOR",
    default: "auto",
    parse: oneOf("auto", "always", "never"),
    description: "Whether output is coloured; `auto` does so on a terminal. NO_COLOR and FORCE_COLOR are heeded.",
  },
  resultStorage: {
    variable: "MILLRACE_RESULT_STORAGE",
    default: null,
    parse: toResultStorage,
    description:
      "Where results above the inline size go: a folder, or s3://bucket/prefix (with ?endpoint=http://host:9000 for other services than AWS). Without one, `results` in the home folder.",
  },
  secretsKey: {
    variable: "MILLRACE_SECRETS_KEY",
    default: null,
    parse: (text) => text,
    description:
      "The key of the ledger's secrets, where it should not be in the file `secrets.key` of the home folder.",
    isEnvironmentOnly: true,
    show: () => "********",
  },
  checkAnswers: {
    variable: "MILLRACE_CHECK_ANSWERS",
    default: "off",
    parse: oneOf("on", "off"),
    description:
      "Whether a server holds each of its answers against the schema of its route, and fails where it does not hold: for those who develop it or write clients. It costs time.",
  },
};

export const settingNames = Object.keys(settingsTable) as readonly SettingName[];

function oneOf<const T extends string>(...choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new RangeError(`\`${text}\` is not one of ${choices.join(", ")}`);
    return choice;
  };
}

function wholeNumber({ min, max }: { readonly min: number; readonly max: number }): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new RangeError(`\`${text}\` is not a whole number from ${min} to ${max}`);
  };
}

const sizeForm = /^(\d+)\s*(B|KB|KiB|MB|MiB)?$/i;
const bytesOfUnit: Readonly<Record<string, number>> = { b: 1, kb: 1000, kib: 1024, mb: 1000 ** 2, mib: 1024 ** 2 };

/** In bytes. */
function size({ max }: { readonly max: string }): (text: string) => number {
  return (text) => {
    const bytes = toBytes(text);
    if (bytes <= toBytes(max)) return bytes;
    throw new RangeError(`\`${text}\` is not a size up to ${max}: write for example 16384 (bytes) or 16KiB`);
  };
}

function toBytes(text: string): number {
  const [, count, unit = "b"] = sizeForm.exec(text) ?? [];
  return count === undefined ? Number.NaN : Number(count) * (bytesOfUnit[unit.toLowerCase()] ?? Number.NaN);
}

/** In ms; a bare number is ms. */
function duration({ min, max }: { readonly min: Duration; readonly max: Duration }): (text: string) => number {
  return (text) => {
    const ms = toMs(/^\d+(\.\d+)?$/.test(text) ? Number(text) : (text as Duration));
    if (ms >= toMs(min) && ms <= toMs(max)) return ms;
    throw new RangeError(`\`${text}\` is not from ${min} to ${max}`);
  };
}

/** An absolute path; `~` is the home folder of the person. */
function toFolder(text: string, base: string): string {
  if (text !== "~" && !/^~[/\\]/.test(text)) return resolve(base, text);
  try {
    return join(homedir(), text.slice(1));
  } catch {
    throw new RangeError("this person has no home folder: write an absolute path");
  }
}

function toDatabase(text: string): string {
  // The text may hold a password: it is not repeated.
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new RangeError("it must begin with postgres:// (for SQLite, leave it out)");
  if (!URL.canParse(text)) throw new RangeError("it is not a URL; is a character of the password not percent-encoded?");
  return text;
}

function toApiUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new RangeError("it is not a URL with http:// or https://");
  return text;
}

/** The URL without what opens the door. */
export function hidePassword(database: string): string {
  const url = new URL(database);
  if (url.password !== "") url.password = "********";
  for (const name of url.searchParams.keys()) {
    if (/password/i.test(name)) url.searchParams.set(name, "********");
  }
  return url.href;
}

function toResultStorage(text: string, base: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return toFolder(text, base);
  if (parseS3Url(text) === null)
    throw new RangeError(
      `\`${text}\` is neither a folder nor s3://bucket/prefix, after which only ?endpoint= and &region= may follow`,
    );
  return text;
}
