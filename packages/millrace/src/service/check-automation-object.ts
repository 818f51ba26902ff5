/** An automation that cannot be evaluated is not kept, and neither is one whose actions could never be done. */

import type { Automation as Evaluated } from "../contract/automations.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Automation } from "../contract/objects.ts";
import { automationParts } from "../contract/wire/schemas/automations.ts";
import { type AutomationIssue, checkAutomation, checkLoop } from "../rules/automations/check-automation.ts";

/** Faults named in an error; the rest are counted. */
const maxNamed = 5;

/** One without a trigger yet is let through: it does nothing. @throws OBJECT_INVALID with each place that is wrong */
export function checkAutomationObject(automation: Automation): void {
  const { enabled, trigger, actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
  refuse(findFaultsOfForm({ trigger, actions, actionsOnTrigger, actionsOnResolve }));
  if (trigger === undefined) return;
  const draft = { enabled, trigger, actions, actionsOnTrigger, actionsOnResolve };
  refuse(checkAutomation(draft as unknown as Evaluated));
}

/** For one that is enabled as it is, perhaps kept when less of its form was checked. @throws OBJECT_INVALID */
export function checkAutomationLoop({ enabled, trigger, actions = [] }: Automation): void {
  if (trigger === undefined) return;
  const { error } = automationParts.safeParse({ trigger, actions });
  // Fields that are not known are in nobody's way; of one that lacks what is looked at nothing can be said.
  if (error?.issues.some(({ code }) => code !== "unrecognized_keys") === true) return;
  refuse(checkLoop({ enabled, trigger, actions } as unknown as Pick<Evaluated, "enabled" | "trigger" | "actions">));
}

function findFaultsOfForm(parts: object): readonly AutomationIssue[] {
  const { error } = automationParts.safeParse(parts, {
    error: (issue) => (issue.input === undefined ? "is missing" : undefined),
  });
  return (error?.issues ?? []).map(({ path, message }) => ({ path: path.map(String).join("."), text: message }));
}

function refuse(issues: readonly AutomationIssue[]): void {
  if (issues.length === 0) return;
  const named = issues.slice(0, maxNamed).map(({ path, text }) => `${path}: ${text}`);
  const rest = issues.length > maxNamed ? [`${issues.length - maxNamed} more`] : [];
  throw new MillraceError("OBJECT_INVALID", { reason: [...named, ...rest].join("; ") });
}
