import type { ReturnedState } from "../contract/runtime.ts";
import { defaultStateNames, type ProposedState, type State } from "../contract/states.ts";

/**
 * The final state of a flow by what it returned, after Prefect's rules: data completes it; a state is taken as it is;
 * futures or states (one, or a list) complete it when all of them completed, else fail it.
 */
export function finalStateOf(returned: {
  readonly state: ReturnedState | null;
  /** The states of the futures returned, when what was returned is a future or a list of futures and states. */
  readonly states: readonly Pick<State, "type" | "name">[] | null;
}): ProposedState {
  const { state, states } = returned;
  if (state !== null) {
    return { type: state.type, name: state.name, ...(state.message === undefined ? {} : { message: state.message }) };
  }
  if (states !== null && states.length > 0) {
    const failed = states.filter((each) => each.type !== "COMPLETED").length;
    if (failed > 0)
      return {
        type: "FAILED",
        name: "Failed",
        message: `${failed} of ${states.length} returned task runs did not complete`,
      };
    return { type: "COMPLETED", name: "Completed", message: `All ${states.length} returned task runs completed` };
  }
  return { type: "COMPLETED", name: defaultStateNames.COMPLETED };
}
