/** The few signs that are not letters, in Unicode and, for terminals without it, in ASCII. Each is one column wide. */

import type { StateType } from "../../contract/states.ts";

export interface Glyphs {
  readonly states: Readonly<Record<StateType, string>>;
  /** A task that took its result from the cache or the record. */
  readonly taken: string;
  readonly barDone: string;
  readonly barLeft: string;
  /** Between two parts of a line. */
  readonly dot: string;
  /** Before a line that belongs to the one above. */
  readonly branch: string;
  readonly more: string;
  readonly arrow: string;
  readonly warning: string;
}

const unicode: Glyphs = {
  states: {
    SCHEDULED: "◌",
    PENDING: "○",
    RUNNING: "●",
    COMPLETED: "✓",
    FAILED: "✗",
    CRASHED: "‼",
    CANCELLING: "⊘",
    CANCELLED: "⊘",
    PAUSED: "‖",
  },
  taken: "↺",
  barDone: "━",
  barLeft: "─",
  dot: "·",
  branch: "└",
  more: "…",
  arrow: "→",
  warning: "!",
};

const ascii: Glyphs = {
  states: {
    SCHEDULED: ".",
    PENDING: "o",
    RUNNING: "*",
    COMPLETED: "+",
    FAILED: "x",
    CRASHED: "!",
    CANCELLING: "-",
    CANCELLED: "-",
    PAUSED: "=",
  },
  taken: "~",
  barDone: "#",
  barLeft: "-",
  dot: "-",
  branch: "`",
  more: "...",
  arrow: "->",
  warning: "!",
};

/** Terminals draw Unicode nowadays, but for the old console of Windows. */
export const drawsUnicode: boolean = process.platform !== "win32";

export function createGlyphs(options: { readonly unicode: boolean }): Glyphs {
  return options.unicode ? unicode : ascii;
}
