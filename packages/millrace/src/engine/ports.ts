/** What the engine is given by the composition root. It reaches nothing else: no file, no clock, no database of its own. */

import type { Api } from "../contract/api.ts";
import type { RunEnvironment } from "../contract/flow-run.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { BodyPool } from "../contract/pools.ts";
import type { LogLevel } from "../contract/records.ts";
import type { ResultSerializer, ResultStorage } from "../contract/results.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Clock } from "../kit/clock.ts";
import type { Masker } from "../kit/mask.ts";
import type { TraceCarrier, Tracer } from "../kit/tracing.ts";

export interface EnginePorts {
  readonly api: Api;
  readonly clock: Clock;
  /** Makes ids of flow runs, logs, artifacts: UUIDv7. */
  readonly newId: () => string;
  /** Told of timeouts that begin, where somebody can end a process that blocks past them; null where nobody does. */
  readonly deadlines: Deadlines | null;
  /** In [0, 1). */
  readonly random: () => number;
  readonly masker: Masker;
  readonly serializer: ResultSerializer;
  /** Another serializer by its name, for results that a definition's own has written. */
  readonly serializerNamed: (name: string) => Promise<ResultSerializer | null>;
  /** Where results above the inline limit go, and where references by storage name are read. */
  readonly storage: ResultStorage;
  readonly storages: ReadonlyMap<string, ResultStorage>;
  readonly observer: RunObserver | null;
  /** This process, as the holder of leases. */
  readonly identity: {
    readonly host: string;
    readonly bootId: string | null;
    readonly pid: number;
    readonly startToken: string | null;
  };
  /**
   * Renews the process's lease from a thread of its own, so that a blocked event loop is not a false crash. `onGone` is told when
   * the ledger does not know the process any more.
   */
  readonly createHeartbeat: ((processId: string, onGone: () => void) => LeaseHeartbeat) | null;
  readonly createPool: (kind: "threads" | "processes", limit: number | undefined) => Promise<BodyPool>;
  readonly vault: () => Promise<Vault>;
  readonly readEnvironment: (name: string) => string | undefined;
  /** What is known of where a run runs; the slow part (is the work tree dirty) may come later. */
  readonly describeEnvironment: () => { readonly now: RunEnvironment; readonly later: Promise<RunEnvironment> | null };
  /** Makes spans of what runs; null as long as the program has nothing to make them by. Cheap to ask. */
  readonly findTracer: () => Tracer | null;
  /** Where in a trace whoever started this program was. */
  readonly programTrace: TraceCarrier | null;
  readonly versionOf: (module: string) => string | null;
  readonly limits: EngineLimits;
}

export interface Deadlines {
  /** Returns what is called when the body has ended, or was given up. @param of its name without secrets */
  begin(of: { readonly kind: "Flow" | "Task"; readonly name: string; readonly timeoutMs: number }): () => void;
}

export interface LeaseHeartbeat {
  /** Has it ready, for a process that will be registered at any time. */
  prepare(): void;
  /** The process is registered: its lease is to be renewed from now on. */
  begin(): void;
  stop(): Promise<void>;
}

export interface EngineLimits {
  /** Results up to this size are kept in the ledger. Bytes of UTF-8. */
  readonly inlineResult: number;
  /** Submitted and mapped tasks of a flow that run at once. */
  readonly flowConcurrency: number;
  /** Tasks that one body has called and waits for, that run at once; the others wait for their turn. */
  readonly bodyConcurrency: number;
  /** Calls of one body that are under way at once, those that wait included; one more is refused. */
  readonly bodyCalls: number;
  /** How often the process looks for cancellations, in ms. */
  readonly attentionMs: number;
  /** How long a body may go on after it was told to stop before its thread or process is ended, in ms. */
  readonly graceMs: number;
  /** How long a resumed run must be quiet before unclaimed records count as drift, in ms. */
  readonly driftSettleMs: number;
  /** A sleep of at least so long gives up the process of a run that a worker has started, in ms; null: none does. */
  readonly longSleepMs: number | null;
  readonly logLevel: LogLevel;
  /** How long log lines wait to be recorded together, in ms. Default 0: those of one turn of the event loop are. */
  readonly logDelayMs?: number;
}
