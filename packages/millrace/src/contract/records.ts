/** The smaller nouns that a run leaves behind or reads: logs, artifacts, variables, secrets, events, inputs, processes. */

import type { Condition, Sort } from "./query.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Numeric severities, as Python's logging (and so Prefect's API) has them. */
export const logSeverity: Readonly<Record<LogLevel, number>> = {
  trace: 5,
  debug: 10,
  info: 20,
  warn: 30,
  error: 40,
  fatal: 50,
};

export interface LogLine {
  /** The flow run that wrote it; null outside any. */
  readonly flowRunId: string | null;
  /** The task run that wrote it; null for the flow's own code. */
  readonly taskRunId: string | null;
  /** Of the run that wrote it: 1 is the first. */
  readonly attempt: number;
  /** When it was written, in ms since the epoch. */
  readonly at: number;
  /** How severe it is. */
  readonly level: LogLevel;
  /** Where the writer's severities are finer than ours: the number itself. */
  readonly severity?: number;
  /** Who wrote it: `millrace.run` is user code. */
  readonly logger: string;
  /** The text, without secrets; at most 64 KiB. */
  readonly message: string;
  /** Structured fields as JSON text, or null. */
  readonly fields: string | null;
  /** Fencing token of the flow run; absent where the writer does not own it. A stale owner's is refused. */
  readonly epoch?: number;
}

export interface StoredLogLine extends LogLine {
  /** Order in which lines can be read: who has seen one will not be shown a lower one. */
  readonly seq: number;
}

export interface LogFilter {
  readonly flowRunIds?: readonly string[];
  readonly taskRunIds?: readonly string[];
  /** At least this severe. */
  readonly minLevel?: LogLevel;
  readonly contains?: string;
  readonly afterSeq?: number;
  readonly where?: Condition;
  /** Default: in the order first seen. */
  readonly sort?: Sort;
}

export type ArtifactKind = "markdown" | "table" | "link" | "image" | "progress" | "chart" | "html" | "result";

/** `key` makes a versioned series; without one the artifact stands alone. `data` is JSON text. */
export interface Artifact {
  /** UUID. */
  readonly id: string;
  /** Names the series that it is a version of; null when it stands alone. */
  readonly key: string | null;
  /** An ArtifactKind, or a word of somebody else's. */
  readonly kind: string;
  /** Says what it is, in a line. */
  readonly description: string | null;
  /** JSON text, by its kind. */
  readonly data: string;
  /** The flow run that left it; null outside any. */
  readonly flowRunId: string | null;
  /** The task run that left it; null for the flow's own code. */
  readonly taskRunId: string | null;
  /** When it was first recorded, in ms since the epoch. */
  readonly createdAt: number;
  /** When it last changed, in ms since the epoch. */
  readonly updatedAt: number;
  /** JSON text, or null. */
  readonly metadata?: string | null;
  /** Fencing token of the flow run; absent where the writer does not own it. A stale owner's is refused. */
  readonly epoch?: number;
}

export interface ArtifactFilter {
  readonly ids?: readonly string[];
  readonly idPrefix?: string;
  readonly keys?: readonly string[];
  readonly kinds?: readonly string[];
  readonly flowRunIds?: readonly string[];
  readonly taskRunIds?: readonly string[];
  /** Only the newest of each key. */
  readonly latestOnly?: boolean;
  readonly where?: Condition;
  readonly sort?: Sort;
}

/** A secret as the ledger keeps it: ciphertext only. */
export interface SealedSecret {
  readonly name: string;
  /** `v2.<key>.<iv>.<tag>.<ciphertext>`, base64url, AES-256-GCM; the name is the associated data. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Something that happened. Events of state changes are written with the change, in the same transaction. */
export interface Event {
  /** UUID. */
  readonly id: string;
  /** What happened, such as `millrace.flow-run.Completed` or `orders.loaded`. */
  readonly name: string;
  /** When it happened, in ms since the epoch. */
  readonly at: number;
  /** The flow run that it belongs to, if any. */
  readonly flowRunId: string | null;
  /** The task run that it belongs to, if any. */
  readonly taskRunId: string | null;
  /** Labels of what it happened to; `id` names it. */
  readonly resource: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly payload: string | null;
  /** Labels of what else it has to do with; `id` names each, `role` says how. */
  readonly related?: readonly Readonly<Record<string, string>>[];
  /** The event that came before it. */
  readonly follows?: string | null;
}

export interface StoredEvent extends Event {
  /** Order in which events can be read: who has seen one will not be shown a lower one. */
  readonly seq: number;
}

/** Beginnings of one kind that a filter of events may have: each is a part of the question to the database. */
export const maxEventBeginnings = 200;

/** Of names and of resources it has at most 200 beginnings each. */
export interface EventFilter {
  readonly ids?: readonly string[];
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly flowRunIds?: readonly string[];
  readonly taskRunIds?: readonly string[];
  readonly names?: readonly string[];
  readonly namePrefixes?: readonly string[];
  /** None of these names, and none that begins so. */
  readonly exceptNames?: readonly string[];
  readonly exceptNamePrefixes?: readonly string[];
  /** Of the resource, whole. */
  readonly resourceIds?: readonly string[];
  readonly resourceIdPrefixes?: readonly string[];
  /** At or after. */
  readonly since?: number;
  /** At or before. */
  readonly until?: number;
  /** Default: in the order first seen. */
  readonly order?: "oldest-first" | "newest-first";
}

/** A value sent to a run: a signal, or a person's answer to a pause. */
export interface RunInput {
  readonly flowRunId: string;
  /** Names what it answers: a signal's name or a pause key. */
  readonly key: string;
  /** Distinguishes several of one key; the same id twice is one input. */
  readonly id: string;
  /** Serialized value. */
  readonly value: string;
  readonly sender: string | null;
  readonly createdAt: number;
}

/** The input key of a signal. Pauses are answered under their own keys. */
export function signalKey(name: string): string {
  return `signal:${name}`;
}

/** The input key under which it is told which answers to a pause were not accepted: the id of each, with the reason. */
export function refusalKey(pauseKey: string): string {
  return `refused:${pauseKey}`;
}

/** The id of the answer to a pause that is given next. */
export function answerId(refusedBefore: number): string {
  return `answer-${refusedBefore}`;
}

/** Whether it is that of an answer. Inputs of other ids answer no pause: whoever may send one need not be who may answer. */
export function isAnswerId(id: string): boolean {
  return /^answer-\d+(-|$)/.test(id);
}

/** The sender of the answer that was taken because nobody had given one in time. */
export const timeoutSender = "millrace:timeout";

/** A process that executes runs: the holder of leases. */
export interface ExecutorProcess {
  readonly id: string;
  readonly host: string;
  /** Boot id and start token make the pid unambiguous on its host; null where the platform has none. */
  readonly bootId: string | null;
  readonly pid: number;
  readonly startToken: string | null;
  readonly startedAt: number;
  /** The lease of all its runs ends at this time (ms since the epoch) unless it is renewed. */
  readonly leaseExpiresAt: number;
}

/** A holder of one slot of a concurrency limit; it ends with its process's lease. */
export interface SlotRequest {
  readonly limitName: string;
  readonly limit: number;
  readonly holder: string;
  readonly processId: string;
}

/** A page of a list. `next` continues it; null at its end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  /** At most this many items; default 200, at most 10,000. */
  readonly limit?: number;
  /** Items to leave out first; for a list that is not continued by a cursor. */
  readonly offset?: number;
  readonly cursor?: string | null;
}
