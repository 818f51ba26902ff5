/** Every setting there is. The table drives reading, `config view`, `config set` and the docs. */

import type { LogLevel } from "../contract/records.ts";
import { type OidcSettingValues, oidcSettings } from "./oidc-settings-table.ts";
import {
  duration,
  hidePassword,
  oneOf,
  size,
  toApiKey,
  toApiUrl,
  toCommands,
  toDatabase,
  toFolder,
  toHost,
  toList,
  toNetworks,
  toResultStorage,
  wholeNumber,
  yesOrNo,
} from "./settings-forms.ts";

/** The settings and their values; each is explained in the table. */
export interface SettingValues extends OidcSettingValues {
  readonly home: string;
  readonly database: string | null;
  readonly apiUrl: string | null;
  readonly apiKey: string | null;
  readonly durability: "process" | "power";
  readonly logLevel: LogLevel;
  readonly inlineResultBytes: number;
  readonly flowConcurrency: number;
  readonly bodyConcurrency: number;
  readonly bodyCalls: number;
  readonly attentionMs: number;
  readonly graceMs: number;
  readonly leaseMs: number;
  readonly startWithinMs: number;
  readonly cancelWithinMs: number;
  readonly lateAfterMs: number;
  readonly scheduleHorizonMs: number;
  readonly firingRetentionMs: number;
  readonly eventRetentionMs: number;
  readonly runRetentionMs: number | null;
  readonly resultRetentionMs: number | null;
  readonly workerRetentionMs: number;
  readonly auditRetentionMs: number;
  readonly codeRetentionMs: number;
  readonly driftSettleMs: number;
  readonly longSleepMs: number;
  readonly live: "auto" | "tree" | "lines" | "off";
  readonly color: "auto" | "always" | "never";
  readonly resultStorage: string | null;
  readonly secretsKey: string | null;
  readonly secretFiles: string | null;
  readonly secretCommands: Readonly<Record<string, readonly string[]>> | null;
  readonly secretHoldMs: number;
  readonly checkAnswers: "on" | "off";
  readonly serverHost: string;
  readonly serverPort: number;
  readonly serverAllowRemote: boolean;
  readonly serverAllowedHosts: readonly string[] | null;
  readonly trustedProxies: readonly string[] | null;
  readonly privateNetworks: readonly string[] | null;
  readonly accessControl: "off" | "on";
  readonly maxStreams: number;
  readonly maxSockets: number;
  readonly stopDelayMs: number;
  readonly metrics: "on" | "off";
  readonly logFormat: "text" | "json";
  readonly processLogLevel: LogLevel;
  readonly workerPool: string | null;
  readonly workerType: string | null;
  readonly workerQueues: readonly string[] | null;
  readonly workerLimit: number;
  readonly workerReady: number;
  readonly workerMetricsPort: number | null;
  readonly workerMetricsHost: string;
  readonly runKeys: "on" | "off";
}

export type SettingName = keyof SettingValues;

/** Where settings are written down: `millrace.toml`, or a profile of the home folder. */
export type KeptSource = "file" | "profile";

export interface SettingRule<T> {
  /** The environment variable. */
  readonly variable: string;
  /** As a person would write it; null for a setting that may be absent. */
  readonly default: null extends T ? string | null : string;
  /** The value of a text; folders are relative to `base`. Throws a RangeError that says what would be right. */
  readonly parse: (text: string, base: string) => NonNullable<T>;
  readonly description: string;
  /** Which of the kept sources cannot have it. Default: none. */
  readonly notIn?: readonly KeptSource[];
  /** What may be shown of the value. Default: all of it. */
  readonly show?: (value: NonNullable<T>) => string;
}

export const settingsTable: { readonly [Name in SettingName]: SettingRule<SettingValues[Name]> } = {
  home: {
    variable: "MILLRACE_HOME",
    default: "~/.millrace",
    parse: toFolder,
    description: "The folder of the ledger, its results, the key of its secrets and the profiles.",
    notIn: ["profile"],
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
  apiKey: {
    variable: "MILLRACE_API_KEY",
    default: null,
    parse: toApiKey,
    description:
      "The key by which the server of apiUrl knows who is asking, where it has access control. `millrace api-key create` makes one.",
    show: () => "********",
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
  bodyConcurrency: {
    variable: "MILLRACE_BODY_CONCURRENCY",
    default: "1000",
    parse: wholeNumber({ min: 1, max: 1_000_000 }),
    description: "How many tasks that one body has called, and waits for, run at once; the others wait for their turn.",
  },
  bodyCalls: {
    variable: "MILLRACE_BODY_CALLS",
    default: "1000000",
    parse: wholeNumber({ min: 1, max: 100_000_000 }),
    description:
      "How many calls of one body may be under way, those that wait for their turn included; more are refused.",
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
  cancelWithinMs: {
    variable: "MILLRACE_CANCEL_WITHIN_MS",
    default: "5m",
    parse: duration({ min: "1s", max: "1d" }),
    description:
      "How long a run of Prefect's client may be Cancelling before the server takes it for Cancelled, and has its worker tear down what it started for it.",
  },
  lateAfterMs: {
    variable: "MILLRACE_LATE_AFTER_MS",
    default: "15s",
    parse: duration({ min: "1s", max: "1d" }),
    description: "How long after its due time a run that nobody has started is called Late by a server.",
  },
  scheduleHorizonMs: {
    variable: "MILLRACE_SCHEDULE_HORIZON_MS",
    default: "100d",
    parse: duration({ min: "1h", max: "3650d" }),
    description:
      "How long before its time a server may make the run of a schedule. It makes those of the next hour, and at least the next three, where they are not farther away than that.",
  },
  firingRetentionMs: {
    variable: "MILLRACE_FIRING_RETENTION_MS",
    default: "30d",
    parse: duration({ min: "1m", max: "3650d" }),
    description:
      "How long the firings of automations are kept, with what became of their actions, and what automations were evaluated to.",
  },
  eventRetentionMs: {
    variable: "MILLRACE_EVENT_RETENTION_MS",
    default: "7d",
    parse: duration({ min: "1h", max: "3650d" }),
    description:
      "How long a server keeps events. One that an automation has not looked at yet stays until it has. What became of runs is in the runs.",
  },
  runRetentionMs: {
    variable: "MILLRACE_RUN_RETENTION_MS",
    default: null,
    parse: duration({ min: "1h", max: "3650d" }),
    description:
      "How long a server keeps runs after their end, with their subflows, tasks, logs, artifacts and inputs. Without it they are kept until somebody deletes them.",
  },
  resultRetentionMs: {
    variable: "MILLRACE_RESULT_RETENTION_MS",
    default: null,
    parse: duration({ min: "1h", max: "3650d" }),
    description:
      "How long a server keeps results that nothing in its ledger refers to any more, in `results` of the home folder and in the folder or the place on S3 that `resultStorage` names. Without it they stay; `millrace ledger sweep` deletes those of the home. Only where no other ledger has results there.",
  },
  workerRetentionMs: {
    variable: "MILLRACE_WORKER_RETENTION_MS",
    default: "7d",
    parse: duration({ min: "1m", max: "3650d" }),
    description:
      "How long a worker stays in the lists of its pool after its last sign of life, and how long an order to tear down what was started for a run waits for a worker.",
  },
  auditRetentionMs: {
    variable: "MILLRACE_AUDIT_RETENTION_MS",
    default: "90d",
    parse: duration({ min: "1d", max: "3650d" }),
    description: "How long a server keeps its audit log: what was changed, by whom, and what was denied.",
  },
  codeRetentionMs: {
    variable: "MILLRACE_CODE_RETENTION_MS",
    default: "14d",
    parse: duration({ min: "1h", max: "3650d" }),
    description:
      "How long code that workers have brought to this machine (commits and archives, in `code` of the home folder) is kept after it was last asked for. What a run under way uses stays.",
  },
  longSleepMs: {
    variable: "MILLRACE_LONG_SLEEP_MS",
    default: "10m",
    parse: duration({ min: "100ms", max: "365d" }),
    description:
      "A `sleep()` or `waitUntil()` of at least so long gives up the process of a run that a worker has started.",
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
      "Where results above the inline size go: a folder, or s3://bucket/prefix (with ?endpoint=http://host:9000 for other services than AWS, and ?credentials=aws-credentials/name for those of a block). Without one, `results` in the home folder.",
  },
  secretsKey: {
    variable: "MILLRACE_SECRETS_KEY",
    default: null,
    parse: (text) => text,
    description:
      "The key of the ledger's secrets, where it should not be in the file `secrets.key` of the home folder; or several with commas between them: the first seals, all of them open.",
    notIn: ["file", "profile"],
    show: () => "********",
  },
  serverHost: {
    variable: "MILLRACE_SERVER_HOST",
    default: "127.0.0.1",
    parse: toHost,
    description: "The address that `server start` listens on.",
  },
  serverPort: {
    variable: "MILLRACE_SERVER_PORT",
    default: "4270",
    parse: wholeNumber({ min: 0, max: 65_535 }),
    description: "The port of `server start`; 0 for any that is free.",
  },
  serverAllowRemote: {
    variable: "MILLRACE_SERVER_ALLOW_REMOTE",
    default: "false",
    parse: yesOrNo,
    description: "Whether `server start` lets other machines reach it: it may listen on addresses that they can reach.",
  },
  serverAllowedHosts: {
    variable: "MILLRACE_SERVER_ALLOWED_HOSTS",
    default: null,
    parse: toList,
    description:
      "Names of hosts that lead to the server, as a proxy gives, beside localhost and this machine's own names.",
  },
  trustedProxies: {
    variable: "MILLRACE_TRUSTED_PROXIES",
    default: null,
    parse: toNetworks,
    description:
      "Addresses and networks of the proxies before the server, as 10.0.0.0/8: they are believed where a request comes from (X-Forwarded-For). Without them every request comes from where its connection does.",
  },
  privateNetworks: {
    variable: "MILLRACE_PRIVATE_NETWORKS",
    default: null,
    parse: toNetworks,
    description:
      "Private networks that the server may send to for automations and by “Send a test”, as 10.0.0.0/8. Without it: all where there is no access control, but for the addresses at which clouds tell their machines secrets, which are never sent to unless they are named here; none where there is.",
  },
  accessControl: {
    variable: "MILLRACE_ACCESS_CONTROL",
    default: "off",
    parse: oneOf("off", "on"),
    description:
      "Whether `server start` asks who comes: with a password or an API key of an account, whose role says what it may do.",
  },
  ...oidcSettings,
  maxStreams: {
    variable: "MILLRACE_MAX_STREAMS",
    default: "4096",
    parse: wholeNumber({ min: 4, max: 100_000 }),
    description:
      "How many streams of events and waiting workers a server keeps open at once, of each kind; three quarters of them may be one address's. A page, a worker, and a process that serves flows keep one open each.",
  },
  maxSockets: {
    variable: "MILLRACE_MAX_SOCKETS",
    default: "4096",
    parse: wholeNumber({ min: 4, max: 100_000 }),
    description:
      "The same of the WebSockets of Prefect's clients: each flow that runs and each worker keeps one or two open.",
  },
  stopDelayMs: {
    variable: "MILLRACE_STOP_DELAY_MS",
    default: "0ms",
    parse: duration({ min: "0ms", max: "5m" }),
    description:
      "How long a server that was told to stop goes on answering, while /readyz says that it stops: the time that a balancer before it needs to send its requests elsewhere.",
  },
  metrics: {
    variable: "MILLRACE_METRICS",
    default: "on",
    parse: oneOf("on", "off"),
    description: "Whether a server counts what it does, and tells it to Prometheus at /metrics.",
  },
  logFormat: {
    variable: "MILLRACE_LOG_FORMAT",
    default: "text",
    parse: oneOf("text", "json"),
    description:
      "How `server start` and `worker start` print what they do: lines for people, or an object of JSON a line, which is all that is then on the standard error.",
  },
  processLogLevel: {
    variable: "MILLRACE_PROCESS_LOG_LEVEL",
    default: "info",
    parse: oneOf("trace", "debug", "info", "warn", "error", "fatal"),
    description: "The least severe lines that they print. Of runs it is logLevel that counts.",
  },
  workerPool: {
    variable: "MILLRACE_WORKER_POOL",
    default: null,
    parse: (text) => text,
    description: "The work pool whose runs `worker start` takes.",
  },
  workerType: {
    variable: "MILLRACE_WORKER_TYPE",
    default: null,
    parse: (text) => text,
    description: "The type of the pool that `worker start` makes where it is not there, such as process.",
  },
  workerQueues: {
    variable: "MILLRACE_WORKER_QUEUES",
    default: null,
    parse: toList,
    description: "The queues whose runs `worker start` takes. Without them all of the pool.",
  },
  workerLimit: {
    variable: "MILLRACE_WORKER_LIMIT",
    default: "10",
    parse: wholeNumber({ min: 1, max: 1000 }),
    description: "How many runs a worker executes at the same time.",
  },
  workerReady: {
    variable: "MILLRACE_WORKER_READY",
    default: "4",
    parse: wholeNumber({ min: 0, max: 100 }),
    description: "How many processes of a worker wait for a run, of all deployments together.",
  },
  workerMetricsPort: {
    variable: "MILLRACE_WORKER_METRICS_PORT",
    default: null,
    parse: wholeNumber({ min: 0, max: 65_535 }),
    description:
      "The port at which `worker start` answers `/livez`, `/readyz` and `/metrics`; 0 for any that is free. Without it, it listens nowhere.",
  },
  workerMetricsHost: {
    variable: "MILLRACE_WORKER_METRICS_HOST",
    default: "127.0.0.1",
    parse: toHost,
    description: "The address that it listens on then. Whoever reaches it may read, and change nothing.",
  },
  runKeys: {
    variable: "MILLRACE_RUN_KEYS",
    default: "on",
    parse: oneOf("on", "off"),
    description:
      "Whether the runs of a worker get keys of their own from it, where the server has access control, in place of the worker's.",
  },
  secretFiles: {
    variable: "MILLRACE_SECRET_FILES",
    default: null,
    parse: toFolder,
    description: "The folder with the files that secrets may refer to, as vault://file/path; /run/secrets for example.",
  },
  secretCommands: {
    variable: "MILLRACE_SECRET_COMMANDS",
    default: null,
    parse: toCommands,
    description:
      'Programs that print the secrets of outside vaults, in JSON: {"op": ["op", "read", "op://{path}"]} is for vault://op/path.',
    notIn: ["file"],
    show: (commands) => Object.keys(commands).join(", "),
  },
  secretHoldMs: {
    variable: "MILLRACE_SECRET_HOLD_MS",
    default: "60s",
    parse: duration({ min: "0ms", max: "1h" }),
    description: "How long a process holds a secret of an outside vault in its memory before it asks again.",
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
