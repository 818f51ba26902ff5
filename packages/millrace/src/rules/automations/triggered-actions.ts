/** What is done about a firing. */

import type { Action, Automation, Firing } from "../../contract/automations.ts";
import { uuidFromHash } from "../../kit/ids.ts";

export interface TriggeredAction {
  /** The same for the same firing, so that an action is done once; what it makes can be keyed by it. */
  readonly id: string;
  /** Place among the actions of this firing. */
  readonly index: number;
  readonly action: Action;
  /** The event that the action is about: the one that caused the firing, or the automation's change of state. */
  readonly about: "cause" | "change";
}

/** The automation's actions, then those for the state that it enters. */
export function triggeredActions(automation: Automation, firing: Firing): readonly TriggeredAction[] {
  const onChange = firing.state === "Triggered" ? automation.actionsOnTrigger : automation.actionsOnResolve;
  return [
    ...automation.actions.map((action) => ({ action, about: "cause" as const })),
    ...onChange.map((action) => ({ action, about: "change" as const })),
  ].map((entry, index) => ({ id: uuidFromHash(JSON.stringify(["action", firing.id, index])), index, ...entry }));
}
