/** Automations at the border. What is kept is in our words, see contract/automations.ts. */

import type { Action, Trigger } from "../../../contract/automations.ts";
import type { Automation, JsonObject, NewObject } from "../../../contract/objects.ts";
import { uuidFromHash } from "../../../kit/ids.ts";
import type * as wire from "../schemas/automations.ts";
import {
  type Action as PrefectAction,
  type ActionInput,
  action as actionSchema,
} from "../schemas/automation-actions.ts";
import { type Trigger as PrefectTrigger, trigger as triggerSchema } from "../schemas/automation-triggers.ts";
import { toPrefectTime } from "../times.ts";
import { fromPrefectAction, toPrefectAction } from "./automation-action.ts";
import { fromPrefectTrigger, toPrefectTrigger } from "./automation-trigger.ts";
import { fromPrefectName } from "./names.ts";
import { type OnUnreadable, readOr } from "./unreadable.ts";

type AutomationBody = Omit<wire.AutomationCreate, "owner_resource">;

/** All that can be said of an automation but whose it is. */
export function fromPrefectAutomation(given: AutomationBody): Omit<NewObject<"automation">, "owner"> {
  return {
    name: given.name,
    description: given.description,
    enabled: given.enabled,
    tags: given.tags,
    trigger: toJson(fromPrefectTrigger(given.trigger)),
    actions: given.actions.map(fromAction),
    actionsOnTrigger: given.actions_on_trigger.map(fromAction),
    actionsOnResolve: given.actions_on_resolve.map(fromAction),
  };
}

/** The resource that an automation belongs to. */
export function fromOwner(resource: string | null): string | null {
  return resource === null ? null : fromPrefectName(resource);
}

/** What of it cannot be said is shown as an automation that does nothing, for no event that there is. */
export function toPrefectAutomation(automation: Automation, onUnreadable?: OnUnreadable): wire.Automation {
  const { id, trigger, actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
  const row = { kind: "automation", id, onUnreadable } as const;
  const toActions = (given: readonly JsonObject[]): PrefectAction[] =>
    readOr(
      row,
      () => given.map(toAction),
      () => [],
    );
  return {
    id,
    created: toPrefectTime(automation.createdAt),
    updated: toPrefectTime(automation.updatedAt),
    name: automation.name,
    description: automation.description ?? "",
    enabled: automation.enabled,
    tags: [...automation.tags],
    trigger: readOr(
      row,
      () => toTrigger(trigger, id),
      () => toTrigger(nothingToWatch, id),
    ),
    actions: toActions(actions),
    actions_on_trigger: toActions(actionsOnTrigger),
    actions_on_resolve: toActions(actionsOnResolve),
  };
}

const nothingToWatch = {
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: ["nothing"],
  forEach: [],
  threshold: 1,
  withinMs: 0,
};

/** A trigger has an id here, which follows from its place. */
function toTrigger(trigger: JsonObject | undefined, automationId: string): PrefectTrigger {
  return triggerSchema.parse(
    toPrefectTrigger(trigger as unknown as Trigger, (path) => uuidFromHash(`${automationId} ${path}`)),
  );
}

function fromAction(action: ActionInput): JsonObject {
  return toJson(fromPrefectAction(action));
}

function toAction(action: JsonObject): PrefectAction {
  return actionSchema.parse(toPrefectAction(action as unknown as Action));
}

function toJson(value: Trigger | Action): JsonObject {
  return value as unknown as JsonObject;
}
