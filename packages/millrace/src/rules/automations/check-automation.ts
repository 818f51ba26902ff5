/** What is wrong with an automation, before it is kept. */

import type { Action, Automation, EventTrigger, ResourceSpec, Trigger } from "../../contract/automations.ts";
import { createSafeTemplate, TemplateError } from "../../kit/safe-template.ts";
import { parameterTemplates } from "./fill-parameters.ts";
import { resourceIdLabel } from "./match-event.ts";

/** Triggers in an automation, and how deep they may stand in each other. */
const maxTriggers = 100;
const maxTriggerDepth = 8;
const maxActions = 100;
const minProactiveMs = 10_000;
const minMetricMs = 300_000;

type Draft = Pick<Automation, "enabled" | "trigger" | "actions" | "actionsOnTrigger" | "actionsOnResolve">;

export interface AutomationIssue {
  /** "trigger.0.withinMs", "actions.1.body" */
  readonly path: string;
  readonly text: string;
}

/** What stands in the way of an automation; empty when nothing does. */
export function checkAutomation(automation: Draft): readonly AutomationIssue[] {
  const actions = [
    ...automation.actions.map((action, index) => ({ action, path: `actions.${index}` })),
    ...automation.actionsOnTrigger.map((action, index) => ({ action, path: `actionsOnTrigger.${index}` })),
    ...automation.actionsOnResolve.map((action, index) => ({ action, path: `actionsOnResolve.${index}` })),
  ];
  const count = countTriggers(automation.trigger, 1);
  return [
    ...(count > maxTriggers ? [{ path: "trigger", text: `has ${count} triggers; ${maxTriggers} are allowed` }] : []),
    ...(actions.length > maxActions
      ? [{ path: "actions", text: `are ${actions.length}; ${maxActions} are allowed` }]
      : []),
    ...checkTrigger(automation.trigger, "trigger", 1),
    ...actions.flatMap(({ action, path }) => checkAction(action, path)),
    ...checkLoop(automation),
  ];
}

function countTriggers(trigger: Trigger, depth: number): number {
  if (trigger.kind !== "compound" && trigger.kind !== "sequence") return 1;
  // Deeper ones are refused for that.
  if (depth > maxTriggerDepth) return 1;
  return trigger.triggers.reduce((count, child) => count + countTriggers(child, depth + 1), 1);
}

function checkTrigger(trigger: Trigger, path: string, depth: number): readonly AutomationIssue[] {
  switch (trigger.kind) {
    case "event":
      return checkEventTrigger(trigger, path);
    case "metric":
      return [
        ...atLeast(trigger.rangeMs, minMetricMs, `${path}.rangeMs`),
        ...atLeast(trigger.firingForMs, minMetricMs, `${path}.firingForMs`),
        ...(Number.isFinite(trigger.threshold) ? [] : [{ path: `${path}.threshold`, text: "must be a number" }]),
      ];
    case "compound":
    case "sequence":
      if (depth > maxTriggerDepth)
        return [{ path, text: `triggers stand at most ${maxTriggerDepth} deep in each other` }];
      return [
        ...(trigger.triggers.length === 0 ? [{ path: `${path}.triggers`, text: "must hold a trigger" }] : []),
        ...(trigger.withinMs === null ? [] : atLeast(trigger.withinMs, 0, `${path}.withinMs`)),
        ...(trigger.kind === "compound" ? checkRequire(trigger, path) : []),
        ...trigger.triggers.flatMap((child, index) => checkTrigger(child, `${path}.${index}`, depth + 1)),
      ];
  }
}

function checkEventTrigger(trigger: EventTrigger, path: string): readonly AutomationIssue[] {
  return [
    ...atLeast(trigger.withinMs, trigger.posture === "Proactive" ? minProactiveMs : 0, `${path}.withinMs`),
    ...(Number.isSafeInteger(trigger.threshold) && trigger.threshold >= 0
      ? []
      : [{ path: `${path}.threshold`, text: "must be a whole number, and not below 0" }]),
  ];
}

function checkRequire(
  trigger: Extract<Trigger, { readonly kind: "compound" }>,
  path: string,
): readonly AutomationIssue[] {
  const { require, triggers } = trigger;
  if (typeof require === "string") return [];
  if (Number.isSafeInteger(require) && require >= 1 && require <= triggers.length) return [];
  return [
    { path: `${path}.require`, text: `must be between 1 and the number of triggers, which is ${triggers.length}` },
  ];
}

function atLeast(ms: number, minMs: number, path: string): readonly AutomationIssue[] {
  return Number.isFinite(ms) && ms >= minMs ? [] : [{ path, text: `must be at least ${minMs / 1000} s` }];
}

function checkAction(action: Action, path: string): readonly AutomationIssue[] {
  switch (action.kind) {
    case "run-deployment":
      return [
        ...atLeast(action.delayMs, 0, `${path}.delayMs`),
        ...checkTemplate(() => parameterTemplates(action.parameters).forEach(createSafeTemplate), `${path}.parameters`),
      ];
    case "call-webhook":
      return checkTemplate(() => createSafeTemplate(action.payload), `${path}.payload`);
    case "send-notification":
      return [
        ...checkTemplate(() => createSafeTemplate(action.subject), `${path}.subject`),
        ...checkTemplate(() => createSafeTemplate(action.body), `${path}.body`),
      ];
    case "declare-incident":
      return [
        ...checkTemplate(() => createSafeTemplate(action.title), `${path}.title`),
        ...checkTemplate(() => createSafeTemplate(action.description), `${path}.description`),
      ];
    default:
      return [];
  }
}

function checkTemplate(read: () => unknown, path: string): readonly AutomationIssue[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ path, text: `is not a template: ${error.message}` }];
  }
}

/** The states that every run of a deployment goes through: an automation that starts a run on them starts the next one too. */
const statesOfEveryRun: ReadonlySet<string> = new Set([
  "millrace.flow-run.Scheduled",
  "millrace.flow-run.Pending",
  "millrace.flow-run.Running",
  "millrace.flow-run.*",
]);

/** Refuses what would start runs without end: each run that it starts is an event that starts the next. */
export function checkLoop({
  enabled,
  trigger,
  actions,
}: Pick<Draft, "enabled" | "trigger" | "actions">): readonly AutomationIssue[] {
  if (!enabled || trigger.kind !== "event" || trigger.posture !== "Reactive") return [];
  if (!trigger.expect.some((name) => statesOfEveryRun.has(name))) return [];
  return actions.flatMap((action, index) => {
    if (action.kind !== "run-deployment") return [];
    const path = `actions.${index}.target`;
    if (action.target.source === "inferred") {
      return [
        {
          path,
          text: "would run the deployment of each run that begins, which is another run that begins; select a deployment, and narrow down `match` or `matchRelated`",
        },
      ];
    }
    const related = trigger.matchRelated.length === 0 ? [{}] : trigger.matchRelated;
    if (!takesEveryRun(trigger.match) || !related.some(takesEveryRun)) return [];
    return [
      {
        path,
        text: "may run without end, because its own runs set it off; narrow down `match` or `matchRelated` to leave them out",
      },
    ];
  });
}

function takesEveryRun(spec: ResourceSpec): boolean {
  const entries = Object.entries(spec);
  if (entries.length === 0) return true;
  const [[label, patterns] = ["", ""]] = entries;
  return entries.length === 1 && label === resourceIdLabel && [patterns].flat().includes("millrace.flow-run.*");
}
