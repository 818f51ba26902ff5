import { textOf, wordOf } from "../../app/search-words.ts";

export const builderSteps = ["trigger", "actions", "details"] as const;
export type BuilderStep = (typeof builderSteps)[number];

export function readAutomationsSearch(given: Readonly<Record<string, unknown>>): { readonly q?: string } {
  return textOf(given, "q");
}

export interface NewAutomationSearch {
  /** Default: the trigger. */
  readonly step?: BuilderStep;
  /** One of draft.ts, to begin with. */
  readonly template?: string;
  /** The number of an event that it is to be set off by. */
  readonly event?: string;
}

export function readNewAutomationSearch(given: Readonly<Record<string, unknown>>): NewAutomationSearch {
  return {
    ...wordOf(given, "step", builderSteps),
    ...textOf(given, "template"),
    ...textOf(given, "event"),
  };
}

export const automationTabs = ["history", "evaluations", "edit"] as const;

export interface AutomationSearch {
  /** Default: the history. */
  readonly tab?: (typeof automationTabs)[number];
  readonly step?: BuilderStep;
  /** Of the history, only those of which an action failed. */
  readonly failed?: true;
}

export function readAutomationSearch(given: Readonly<Record<string, unknown>>): AutomationSearch {
  return {
    ...wordOf(given, "tab", automationTabs),
    ...wordOf(given, "step", builderSteps),
    ...(given.failed === true ? { failed: true } : {}),
  };
}
