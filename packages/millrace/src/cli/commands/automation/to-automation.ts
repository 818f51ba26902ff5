/**
 * Automations as they are written in a file: triggers as contract/written-triggers.ts has them, actions with durations in
 * place of numbers of ms, and names in place of ids (resolve-names.ts).
 */

import type { Action } from "../../../contract/automations.ts";
import type { JsonObject, NewObject } from "../../../contract/objects.ts";
import {
  fault,
  isObject,
  ofKind,
  refuseUnknown,
  toDurations,
  toList,
  toTrigger,
} from "../../../contract/written-triggers.ts";

export type AutomationToSave = Omit<NewObject<"automation">, "id" | "owner">;

const fields = [
  "name",
  "description",
  "enabled",
  "tags",
  "trigger",
  "actions",
  "actionsOnTrigger",
  "actionsOnResolve",
] as const;

const onTarget = { known: ["target"], usual: {} };
const onSchedule = { known: ["deployment", "deploymentId", "schedule", "scheduleId"], usual: {} };
const onRunOfEvent = { known: [], usual: {} };

/** Of each kind of action: the fields that may be written, and what is meant where one is not. */
const actionKinds: Readonly<Record<Action["kind"], { readonly known: readonly string[]; readonly usual: JsonObject }>> =
  {
    "run-deployment": {
      known: ["target", "parameters", "jobVariables", "delay", "delayMs"],
      usual: { parameters: null, jobVariables: null, delayMs: 0 },
    },
    "pause-deployment": onTarget,
    "resume-deployment": onTarget,
    "pause-work-pool": onTarget,
    "resume-work-pool": onTarget,
    "pause-work-queue": onTarget,
    "resume-work-queue": onTarget,
    "pause-automation": onTarget,
    "resume-automation": onTarget,
    "pause-schedule": onSchedule,
    "resume-schedule": onSchedule,
    "cancel-flow-run": onRunOfEvent,
    "suspend-flow-run": onRunOfEvent,
    "resume-flow-run": onRunOfEvent,
    "delete-flow-run": onRunOfEvent,
    "change-flow-run-state": {
      known: ["state", "name", "message", "force"],
      usual: { name: null, message: null, force: false },
    },
    "send-notification": { known: ["block", "blockDocumentId", "subject", "body"], usual: { subject: "Millrace" } },
    "call-webhook": { known: ["block", "blockDocumentId", "payload"], usual: { payload: "" } },
    "declare-incident": {
      known: ["severity", "title", "description"],
      usual: { severity: "moderate", description: "" },
    },
    "do-nothing": { known: [], usual: {} },
  };

const delays: ReadonlySet<string> = new Set(["delay"]);

/**
 * The automations of a file: one, a list, or a list under `automations`. Actions still have names where these were written.
 *
 * @throws USAGE that says where
 */
export function toAutomations(written: unknown): readonly AutomationToSave[] {
  const listed = isObject(written) && Array.isArray(written.automations) ? written.automations : written;
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  if (all.length === 0) throw fault("the file has no automation");
  const automations = all.map((each, index) =>
    toAutomation(each, all.length === 1 ? "the automation" : `automation ${index + 1}`),
  );
  const names = automations.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw fault(`two automations of the file have the name ${twice}`);
  return automations;
}

function toAutomation(written: unknown, where: string): AutomationToSave {
  if (!isObject(written)) throw fault(`${where} is no object of ${fields.join(", ")}`);
  refuseUnknown(written, { where, known: fields });
  const { name, description = "", enabled = true, tags = [], trigger } = written;
  if (typeof name !== "string" || name === "") throw fault(`${where} has no name`);
  if (typeof description !== "string") throw fault(`${where}: description is no text`);
  if (typeof enabled !== "boolean") throw fault(`${where}: enabled is neither true nor false`);
  const automation = {
    name,
    description,
    enabled,
    tags: toList(tags, `${where}: tags`).map(String),
    trigger: toTrigger(trigger, `${where}: trigger`),
    actions: toActions(written.actions, `${where}: actions`),
    actionsOnTrigger: toActions(written.actionsOnTrigger, `${where}: actionsOnTrigger`),
    actionsOnResolve: toActions(written.actionsOnResolve, `${where}: actionsOnResolve`),
  };
  const { actions, actionsOnTrigger, actionsOnResolve } = automation;
  if (actions.length + actionsOnTrigger.length + actionsOnResolve.length > 0) return automation;
  throw fault(`${where} has no action`, "Where its history is all that is wanted, that is `{ kind: do-nothing }`.");
}

function toActions(written: unknown, where: string): readonly JsonObject[] {
  return toList(written ?? [], where).map((each, index) => toAction(each, `${where}.${index}`));
}

function toAction(written: unknown, where: string): JsonObject {
  const { kind, ...given } = ofKind(written, { where, known: Object.keys(actionKinds) });
  const { known, usual } = actionKinds[kind as Action["kind"]];
  refuseUnknown(given, { where, known });
  return { kind, ...usual, ...toDurations(given, { where, names: delays }) };
}
