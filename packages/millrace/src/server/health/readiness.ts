/**
 * Whether the server should be sent requests: it is not stopping, its database answers within a bound, and its loops go round.
 * Anyone may ask, and as often as they like: the database is asked one question at a time, whose answer all of them get.
 */

import { type ErrorCode, isMillraceError } from "../../contract/errors.ts";
import type { LoopStatus, Readiness, ReadinessProblem } from "../../contract/wire/server-description.ts";
import type { Clock } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import { abortable, timeoutSignal } from "../../kit/signal.ts";
import { findStuckLoops } from "./stuck-loops.ts";

export interface ReadinessOptions {
  readonly clock: Clock;
  /** How long the database may take to answer, in ms. */
  readonly withinMs: number;
  /** Resolves when the database can be used; rejects with why it cannot. */
  readonly checkDatabase: () => Promise<void>;
  /** Empty where no loops run in this process. */
  readonly readLoops: () => readonly LoopStatus[];
}

export interface ReadinessWatch {
  readonly read: () => Promise<Readiness>;
  /** From now on it is not ready, for it is about to stop. */
  readonly announceStop: () => void;
}

export function createReadinessWatch(options: ReadinessOptions): ReadinessWatch {
  const { clock, withinMs, checkDatabase, readLoops } = options;
  let isStopping = false;
  let underWay: Promise<void> | null = null;

  /** One that does not answer in time is waited for by who asks next, and not asked again beside it. */
  async function askDatabase(): Promise<readonly ReadinessProblem[]> {
    underWay ??= checkDatabase().finally(() => {
      underWay = null;
    });
    using limit = timeoutSignal({ ms: withinMs, clock });
    try {
      await abortable(underWay, limit.signal);
      return [];
    } catch (error) {
      return [toProblem(limit.signal.aborted ? "DATABASE_UNREACHABLE" : codeOf(error), withinMs)];
    }
  }

  return {
    async read() {
      const problems = [
        ...(isStopping ? [stopping] : []),
        ...(await askDatabase()),
        ...(isStopping ? [] : findStuckLoops(readLoops(), clock.now())),
      ];
      return { status: problems.length === 0 ? "ready" : "not ready", problems };
    },
    announceStop() {
      isStopping = true;
    },
  };
}

const stopping: ReadinessProblem = { part: "shutdown", name: null, code: null, reason: "it is stopping" };

function codeOf(error: unknown): ErrorCode | null {
  return isMillraceError(error) ? error.code : null;
}

/** Not the error's own message: it may name what a stranger is not to know. */
function toProblem(code: ErrorCode | null, withinMs: number): ReadinessProblem {
  return { part: "database", name: null, code, reason: reasonOf(code, withinMs) };
}

function reasonOf(code: ErrorCode | null, withinMs: number): string {
  switch (code) {
    case "DATABASE_UNREACHABLE":
      return `it does not answer within ${formatDuration(withinMs)}`;
    case "LEDGER_BUSY":
      return "another process has it locked";
    case "LEDGER_FULL":
      return "its disk is full";
    case "LEDGER_UNWRITABLE":
      return "it cannot be written";
    case "LEDGER_NEWER":
      return "a later version of the program has changed its tables";
    default:
      return "a question to it failed";
  }
}
