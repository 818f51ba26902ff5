import type { StateType } from "../../../packages/millrace/src/contract/states.ts";
import type { RecordedEffect } from "../fixtures/effects.ts";
import type { Generation } from "../program-run.ts";
import type { Rows } from "../rows.ts";

/** All that an invariant may look at. */
export interface Evidence {
  /** The processes that the run went through, with what the ledger held after each. */
  readonly generations: readonly Generation[];
  /** What the ledger holds in the end. */
  readonly rows: Rows;
  /** What the bodies did, as they told it themselves. */
  readonly effects: readonly RecordedEffect[];
  /** The states, beside Completed, in which a process may leave the run by itself. */
  readonly mayEndAs: readonly StateType[];
  /** Calls whose bodies may run although their ends were recorded, by the ids of their orders. */
  readonly mayRunAgain: ReadonlySet<string>;
  /** The outermost transaction around each call, with whose end its hooks run. */
  readonly transactionOf: ReadonlyMap<string, string>;
  /** How long each durable sleep takes, by its id, in ms. */
  readonly sleepsMs: ReadonlyMap<string, number>;
}

/** Says what is violated, a line each; nothing when the invariant holds. */
export type Invariant = (evidence: Evidence) => readonly string[];

/** For a violation's text: enough of an id to find it. */
export function short(id: string | null): string {
  return id === null ? "none" : id.slice(0, 13);
}
