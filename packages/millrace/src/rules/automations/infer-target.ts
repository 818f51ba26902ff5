/** Which object an action is done to, when it is not named but taken from the event. */

import type { Action, ActionTarget, EventFacts, Firing } from "../../contract/automations.ts";
import { resourceIdLabel } from "./match-event.ts";

/** What an action can be done to, as the labels of resources name it. */
export type TargetKind = "deployment" | "flow-run" | "work-pool" | "work-queue" | "automation";

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The kind of object that an action is done to; null for those that are done to none, or name it themselves. */
export function targetKindOf(kind: Action["kind"]): TargetKind | null {
  switch (kind) {
    case "run-deployment":
    case "pause-deployment":
    case "resume-deployment":
      return "deployment";
    case "cancel-flow-run":
    case "suspend-flow-run":
    case "resume-flow-run":
    case "delete-flow-run":
    case "change-flow-run-state":
      return "flow-run";
    case "pause-work-pool":
    case "resume-work-pool":
      return "work-pool";
    case "pause-work-queue":
    case "resume-work-queue":
      return "work-queue";
    case "pause-automation":
    case "resume-automation":
      return "automation";
    case "do-nothing":
    case "pause-schedule":
    case "resume-schedule":
    case "call-webhook":
    case "send-notification":
    case "declare-incident":
      return null;
  }
}

/**
 * The id of the object: the selected one, or else of the first resource of the kind in the event, its own before related
 * ones. For flow runs the labels of the firing come first, because what was missed has no event. Null when there is none.
 */
export function inferTarget(options: {
  readonly kind: TargetKind;
  readonly target: ActionTarget;
  readonly firing: Pick<Firing, "labels">;
  readonly event: EventFacts | null;
}): string | null {
  const { kind, target, firing, event } = options;
  if (target.source === "selected") return target.id;
  const labelled = kind === "flow-run" ? idOfKind(firing.labels[resourceIdLabel], kind) : null;
  if (labelled !== null || event === null) return labelled;
  // The first of the kind decides, even when what follows the kind is no id.
  const resources = [event.resource, ...event.related.map(({ labels }) => labels)];
  const first = resources.find((labels) => kindOf(labels[resourceIdLabel]) === `millrace.${kind}`);
  return idOfKind(first?.[resourceIdLabel], kind);
}

function kindOf(resourceId: string | undefined): string | undefined {
  return resourceId?.slice(0, Math.max(0, resourceId.lastIndexOf(".")));
}

function idOfKind(resourceId: string | undefined, kind: TargetKind): string | null {
  if (resourceId === undefined || kindOf(resourceId) !== `millrace.${kind}`) return null;
  const id = resourceId.slice(resourceId.lastIndexOf(".") + 1);
  return uuid.test(id) ? id : null;
}
