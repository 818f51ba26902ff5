/** The lines that are chosen: at once on the page, and a moment later in the address. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { LineRange } from "./logs-search.ts";

/** Arrow keys may be held down; browsers refuse an address that changes more often. In ms. */
const settleMs = 300;

interface Chosen {
  /** Where a range began. */
  readonly anchor: number;
  readonly cursor: number;
}

export function useChosenLines(line: LineRange | undefined, write: (line: LineRange | undefined) => void) {
  const [chosen, setChosen] = useState<Chosen | null>(
    line === undefined ? null : { anchor: line.from, cursor: line.to },
  );
  /** Counts what came from the address, which is brought into view. */
  const [given, setGiven] = useState(0);
  const written = useRef(JSON.stringify(line));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latestWrite = useRef(write);
  latestWrite.current = write;
  useEffect(() => () => clearTimeout(timer.current), []);
  const inAddress = JSON.stringify(line);
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    const next = inAddress === undefined ? null : (JSON.parse(inAddress) as LineRange);
    setChosen(next === null ? null : { anchor: next.from, cursor: next.to });
    setGiven((count) => count + 1);
  }, [inAddress]);

  const range = useMemo(() => (chosen === null ? null : toRange(chosen)), [chosen]);
  const set = (next: Chosen): void => {
    setChosen(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const range = toRange(next);
      written.current = JSON.stringify(range);
      latestWrite.current(range);
    }, settleMs);
  };
  return { range, anchor: chosen?.anchor ?? null, cursor: chosen?.cursor ?? null, given, set };
}

function toRange({ anchor, cursor }: Chosen): LineRange {
  return { from: Math.min(anchor, cursor), to: Math.max(anchor, cursor) };
}
