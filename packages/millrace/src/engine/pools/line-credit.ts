/**
 * What a worker's body may have on its way to the pool of log lines. The pool says how many it has taken; a body that logs
 * without ever letting its event loop go does not hear of it, so what is more is dropped and counted.
 */

import type { LogLevel } from "../../contract/records.ts";
import { describeDropped, maxWaitingBytes, maxWaitingLines, sizeOf } from "../log-allowance.ts";

/** Lines on their way, and the bytes of their messages and fields. */
export interface LineCount {
  readonly lines: number;
  readonly sizeBytes: number;
}

export type SendLine = (level: LogLevel, message: string, fields: string | null) => void;

export class LineCredit {
  #lines = 0;
  #sizeBytes = 0;
  #dropped = 0;

  send(send: SendLine, level: LogLevel, message: string, fields: string | null): void {
    if (this.#lines >= maxWaitingLines || this.#sizeBytes >= maxWaitingBytes) {
      this.#dropped++;
      return;
    }
    this.tellDropped(send);
    this.#lines++;
    this.#sizeBytes += sizeOf({ message, fields });
    send(level, message, fields);
  }

  /** The pool has them. */
  take({ lines, sizeBytes }: LineCount): void {
    this.#lines -= lines;
    this.#sizeBytes -= sizeBytes;
  }

  /** A line that says how many were dropped since it was said last, at the end of a body too. It counts for nothing. */
  tellDropped(send: SendLine): void {
    if (this.#dropped === 0) return;
    send("warn", describeDropped(this.#dropped), JSON.stringify({ dropped: this.#dropped }));
    this.#dropped = 0;
  }
}

/** After so many lines or bytes the pool says that it has them. */
const tellAfter: LineCount = { lines: 1000, sizeBytes: 2 ** 20 };

/** The pool's side: what it has taken and not said yet. */
export class TakenLines {
  #lines = 0;
  #sizeBytes = 0;

  /** What is to be said now; null when there is no need yet. */
  add(line: { readonly message: string; readonly fields: string | null }): LineCount | null {
    this.#lines++;
    this.#sizeBytes += sizeOf(line);
    if (this.#lines < tellAfter.lines && this.#sizeBytes < tellAfter.sizeBytes) return null;
    const count = { lines: this.#lines, sizeBytes: this.#sizeBytes };
    this.#lines = 0;
    this.#sizeBytes = 0;
    return count;
  }
}
