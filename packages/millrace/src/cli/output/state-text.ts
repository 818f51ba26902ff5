/** States as people see them: a sign and a name, coloured by family. */

import type { StateType } from "../../contract/states.ts";
import { cleanLine } from "./clean-text.ts";
import type { Look } from "./look.ts";
import type { Paint, Style } from "./paint.ts";

const colors: Readonly<Record<StateType, Exclude<keyof Paint, "bold">>> = {
  SCHEDULED: "yellow",
  PENDING: "dim",
  RUNNING: "blue",
  COMPLETED: "green",
  FAILED: "red",
  CRASHED: "magenta",
  CANCELLING: "yellow",
  CANCELLED: "dim",
  PAUSED: "yellow",
};

export function stateStyle(type: StateType, paint: Paint): Style {
  return paint[colors[type]];
}

/** "✓ Completed" */
export function stateText(state: { readonly type: StateType; readonly name: string }, look: Look): string {
  return stateStyle(state.type, look.paint)(`${look.glyphs.states[state.type]} ${cleanLine(state.name)}`);
}
