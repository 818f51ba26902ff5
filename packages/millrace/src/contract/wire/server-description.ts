/** What a server says of itself to whoever looks after it: GET /v1/settings, GET /v1/status and GET /readyz. */

import type { ErrorCode } from "../errors.ts";

/** A value of a setting, for people. What is secret is masked. */
export type ShownSetting = string | number | boolean | readonly string[] | null;

export interface ServerSettings {
  /** The profile of settings that is used. */
  readonly profile: string;
  /** The path of the `millrace.toml` that is used; null where there is none. */
  readonly file: string | null;
  /** Where settings come from; the first that has one says what it is. */
  readonly sources: readonly string[];
  readonly settings: readonly ServerSetting[];
}

export interface ServerSetting {
  readonly name: string;
  /** Null where it is not set. */
  readonly value: ShownSetting;
  /** "option", "environment MILLRACE_X", ".env", "millrace.toml", "profile <name>" or "default". */
  readonly from: string;
  /** What was set elsewhere too; the one that would count next comes first. */
  readonly overruled: readonly { readonly value: ShownSetting; readonly from: string }[];
  /** The environment variable that sets it. */
  readonly variable: string;
  readonly description: string;
}

export interface ServerStatus {
  readonly version: string;
  /** When this was read, in ms since the epoch, as all times here. */
  readonly readAt: number;
  readonly startedAt: number;
  readonly process: ServerProcess;
  readonly database: DatabaseDescription & {
    /** Of the tables. */
    readonly schemaVersion: number;
  };
  /** Of the file system that has the ledger; null for one in PostgreSQL. */
  readonly disk: DiskSpace | null;
  /** What looks after the ledger in this process. */
  readonly loops: readonly LoopStatus[];
  readonly queue: QueueStatus;
  /** Processes that execute runs: those whose lease has not ended, and all that are known. */
  readonly executors: { readonly alive: number; readonly known: number };
  readonly events: EventStatus;
}

export interface ServerProcess {
  readonly host: string;
  readonly pid: number;
  /** Of Node. */
  readonly node: string;
  readonly platform: string;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
}

export interface DatabaseDescription {
  readonly kind: "sqlite" | "postgres";
  readonly version: string;
  /** Of the ledger alone. */
  readonly sizeBytes: number;
}

/** For who may write; of the file system as a whole. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface LoopStatus {
  readonly name: string;
  /** Between two ticks at least. One that looks for what is recorded rests for longer while nothing is. */
  readonly everyMs: number;
  /** Of the last tick; null before the first one. */
  readonly startedAt: number | null;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  /** By how much the next tick is late. */
  readonly lagMs: number;
  /** Ticks that have ended since the server was started. */
  readonly ticks: number;
  /** Ticks that failed since then. */
  readonly failures: number;
  /** The last of them. */
  readonly lastError: { readonly at: number; readonly message: string } | null;
}

/** Flow runs whose time has come and which nobody has started. */
export interface QueueStatus {
  readonly due: number;
  /** Since when the one that waits longest is due; null when there is none. */
  readonly oldestDueAt: number | null;
}

export interface EventStatus {
  /** The number of the newest event; 0 when there is none. */
  readonly newestSeq: number;
  /** The number of the last that automations have done with; null when they never looked. */
  readonly evaluatedSeq: number | null;
}

/** Whether a server should be sent requests. It is told to anyone, so no name, path or text of the ledger is in it. */
export interface Readiness {
  readonly status: "ready" | "not ready";
  /** Why it is not; empty when it is. */
  readonly problems: readonly ReadinessProblem[];
}

export interface ReadinessProblem {
  readonly part: "shutdown" | "database" | "loop";
  /** Of the loop; null for other parts. */
  readonly name: string | null;
  /** Of the catalogue; null where it is no error. */
  readonly code: ErrorCode | null;
  readonly reason: string;
}
