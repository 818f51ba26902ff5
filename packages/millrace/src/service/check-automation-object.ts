/** An automation that cannot be evaluated is not kept. */

import type { Automation as Evaluated } from "../contract/automations.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Automation } from "../contract/objects.ts";
import { checkAutomation } from "../rules/automations/check-automation.ts";

/** One without a trigger yet is let through: it does nothing. @throws OBJECT_INVALID */
export function checkAutomationObject(automation: Automation): void {
  const { enabled, trigger, actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
  if (trigger === undefined) return;
  const draft = { enabled, trigger, actions, actionsOnTrigger, actionsOnResolve };
  const [issue] = findIssues(draft as unknown as Evaluated);
  if (issue !== undefined) throw new MillraceError("OBJECT_INVALID", { reason: `${issue.path} ${issue.text}` });
}

function findIssues(draft: Evaluated): ReturnType<typeof checkAutomation> {
  try {
    return checkAutomation(draft);
  } catch (error) {
    // What comes from elsewhere may have any form.
    if (!(error instanceof TypeError)) throw error;
    return [{ path: "trigger or actions", text: "are of no form that is known" }];
  }
}
