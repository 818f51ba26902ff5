/** What becomes of every proposal from every state, as a table that a person can read. */

import { type Decision, type StateType, stateTypes } from "../contract/states.ts";

/**
 * Rows: the state that a run is in. Columns: what is proposed, in the order of the rows. `yes`: accepted. `no`: aborted. `stays`:
 * whoever proposes is told the state that the run is in. Else the state that it gets.
 */
export type TransitionTable = Readonly<Record<StateType, string>>;

/** A row of it, by what is decided of each proposal. */
export function toRow(from: StateType, decide: (to: StateType) => Decision): string {
  return stateTypes.map((to) => toWord(decide(to), { from, to })).join(" ");
}

function toWord(decision: Decision, { from, to }: { readonly from: StateType; readonly to: StateType }): string {
  switch (decision.answer) {
    case "ACCEPT":
      return decision.state.type === to ? "yes" : decision.state.type;
    case "REJECT":
      return decision.state.type === from ? "stays" : decision.state.type;
    case "ABORT":
      return "no";
    case "WAIT":
      return "waits";
  }
}
