/** Finding lines in logs that are too long to be read whole: where the matches are, and not what they say. */

import type { LogFilter, LogLevel } from "./records.ts";

export interface LogSearch {
  /** The lines that are numbered: those that a list of the same filter has. */
  readonly of: Pick<LogFilter, "flowRunIds" | "taskRunIds" | "minLevel" | "where">;
  /** In the message, letters of either case being equal. */
  readonly text?: string;
  readonly minLevel?: LogLevel;
  /** Matches that are told: 1 to 50,000, default 10,000. */
  readonly max?: number;
}

export interface LogMatches {
  /** Lines in all. */
  readonly total: number;
  /** Their places in the order first seen, from 0, ascending: the `offset` at which a list has each. */
  readonly ordinals: readonly number[];
  /** There are more matches. */
  readonly isCut: boolean;
}
