/**
 * What a run may have waiting of log lines. A body that logs without ever letting the event loop go cannot be held up, so what
 * is more is dropped and counted, and a line of the log says how many. One that lets go is written as fast as it logs.
 */

import type { LogLine } from "../contract/records.ts";

/** At most this many lines of a run wait to be recorded, those that are being written included. */
export const maxWaitingLines = 100_000;
/** At most this many bytes of messages and fields of a run wait, give or take a line. */
export const maxWaitingBytes = 32 * 2 ** 20;

interface Waiting {
  lines: number;
  sizeBytes: number;
  dropped: number;
  /** The last that was dropped. */
  last: LogLine | null;
}

export class LogAllowance {
  readonly #waiting = new Map<string | null, Waiting>();
  /** Runs of which lines were dropped, and nothing said of it yet. */
  readonly #untold = new Set<Waiting>();

  /** Whether the line may wait; false when it is dropped. */
  admit(line: LogLine): boolean {
    const waiting = this.#waitingOf(line.flowRunId);
    if (waiting.lines >= maxWaitingLines || waiting.sizeBytes >= maxWaitingBytes) {
      waiting.dropped++;
      waiting.last = line;
      this.#untold.add(waiting);
      return false;
    }
    waiting.lines++;
    waiting.sizeBytes += sizeOf(line);
    return true;
  }

  /** They wait no longer: they are recorded, or cannot be. */
  release(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const waiting = this.#waiting.get(line.flowRunId);
      // What says how many were dropped was not counted.
      if (waiting === undefined || line.logger === noteLogger) continue;
      waiting.lines--;
      waiting.sizeBytes -= sizeOf(line);
      if (waiting.lines === 0 && waiting.dropped === 0) this.#waiting.delete(line.flowRunId);
    }
  }

  get hasUntold(): boolean {
    return this.#untold.size > 0;
  }

  /** A line for each run of which lines were dropped since it was asked last. */
  takeNotes(): readonly LogLine[] {
    const notes = [...this.#untold].flatMap(({ dropped, last }) => (last === null ? [] : [toNote(last, dropped)]));
    for (const waiting of this.#untold) {
      waiting.dropped = 0;
      waiting.last = null;
    }
    this.#untold.clear();
    return notes;
  }

  #waitingOf(flowRunId: string | null): Waiting {
    const known = this.#waiting.get(flowRunId);
    if (known !== undefined) return known;
    const made: Waiting = { lines: 0, sizeBytes: 0, dropped: 0, last: null };
    this.#waiting.set(flowRunId, made);
    return made;
  }
}

const noteLogger = "millrace.logs";

function toNote(last: LogLine, dropped: number): LogLine {
  const fields = JSON.stringify({ dropped });
  return { ...last, taskRunId: null, level: "warn", logger: noteLogger, message: describeDropped(dropped), fields };
}

export function describeDropped(lines: number): string {
  const limit = `${maxWaitingLines.toLocaleString("en")} lines or ${maxWaitingBytes / 2 ** 20} MiB`;
  return `${lines.toLocaleString("en")} log lines were dropped: more than ${limit} of the run waited to be recorded, and they came faster than they are written`;
}

/** In bytes. */
export function sizeOf({ message, fields }: Pick<LogLine, "message" | "fields">): number {
  return Buffer.byteLength(message) + (fields === null ? 0 : Buffer.byteLength(fields));
}
