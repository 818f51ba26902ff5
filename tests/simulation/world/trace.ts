/** What happens in a world, in order: its hash says whether two worlds went the same way. */

import { createHash } from "node:crypto";

export interface Trace {
  readonly count: number;
  add(what: string): void;
  /** The last lines. */
  tail(lines: number): readonly string[];
  hash(): string;
}

/** Lines that are kept for whoever looks at a failure. */
const maxKept = 4000;

export function createTrace(elapsedMs: () => number): Trace {
  const kept: string[] = [];
  const hash = createHash("sha256");
  let chunk = "";
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(what) {
      const line = `${elapsedMs().toFixed(3)} ${what}`;
      count++;
      chunk += `${line}\n`;
      if (chunk.length > 65_536) {
        hash.update(chunk);
        chunk = "";
      }
      kept.push(line);
      if (kept.length > 2 * maxKept) kept.splice(0, maxKept);
    },
    tail: (lines) => kept.slice(-lines),
    hash: () => hash.copy().update(chunk).digest("hex").slice(0, 16),
  };
}
