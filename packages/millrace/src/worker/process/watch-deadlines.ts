/**
 * The timeouts of code that runs in another process. It gives up by itself what takes longer; code that blocks its event loop
 * keeps it from that, and is ended from here once a grace has passed too.
 */

import { MillraceError, type RecordedError } from "../../contract/errors.ts";
import type { Clock, Timer } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import type { Deadline } from "./messages.ts";

/** The first that was passed. */
export interface Overdue {
  readonly of: Deadline["of"];
  readonly message: string;
  readonly error: RecordedError;
}

export interface DeadlineWatch {
  begin(deadline: Deadline): void;
  met(id: number): void;
  readonly overdue: Overdue | null;
  stop(): void;
}

export function watchDeadlines(options: {
  readonly clock: Clock;
  readonly graceMs: number;
  /** The process is to be ended. */
  readonly onOverdue: (overdue: Overdue) => void;
}): DeadlineWatch {
  const { clock, graceMs, onOverdue } = options;
  const timers = new Map<number, Timer>();
  let overdue: Overdue | null = null;

  function met(id: number): void {
    timers.get(id)?.cancel();
    timers.delete(id);
  }

  return {
    get overdue() {
      return overdue;
    },
    begin(deadline) {
      const pass = (): void => {
        if (overdue !== null) return;
        overdue = toOverdue(deadline, graceMs);
        onOverdue(overdue);
      };
      timers.set(deadline.id, clock.setTimer(deadline.timeoutMs + graceMs, pass, { background: true }));
    },
    met,
    stop() {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}

function toOverdue({ of, name, timeoutMs }: Deadline, graceMs: number): Overdue {
  const timeout = formatDuration(timeoutMs);
  const { code, message } = new MillraceError("TIMED_OUT", { kind: of, name, timeout });
  const killed = `${message} Its process did not stop within ${formatDuration(graceMs)} of that, and was killed`;
  return { of, message: killed, error: { name: "MillraceError", message, code, stack: null, data: null } };
}
