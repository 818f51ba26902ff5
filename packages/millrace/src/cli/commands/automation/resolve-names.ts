/**
 * Names in the actions of a file become ids: those of the ledger that it is made for. So a file can be kept beside the code,
 * and made in each ledger.
 *
 *   target: { name: nightly/a }                  a deployment, work pool, queue (POOL/NAME) or automation, as the kind says
 *   block: slack-webhook/team                    in place of blockDocumentId
 *   deployment: nightly/a, schedule: north       in place of deploymentId and scheduleId
 *
 * An automation of the same file goes before one of the ledger: it has its id before it is made, so that two of a file may
 * name each other.
 */

import type { Api } from "../../../contract/api.ts";
import type { JsonObject, ObjectKind } from "../../../contract/objects.ts";
import { fault, isObject, refuseUnknown } from "../../../contract/written-triggers.ts";
import { findObject, type Lookup } from "../../find-object.ts";
import { automations, blocks, deployments, workPools, workQueues } from "../../object-lookups.ts";
import { findSchedule } from "../deployment/find-schedule.ts";
import type { AutomationToSave } from "./to-automation.ts";

/** Where names are looked up. */
export interface Names {
  readonly api: Api;
  /** The ids of the file's automations, by name. */
  readonly ofFile: ReadonlyMap<string, string>;
}

/** @throws NOT_FOUND with the nearest name, USAGE for a name that several have or an action that names nothing */
export async function resolveNames<ToSave extends AutomationToSave>(names: Names, automation: ToSave): Promise<ToSave> {
  const resolve = async (part: "actions" | "actionsOnTrigger" | "actionsOnResolve"): Promise<readonly JsonObject[]> => {
    const resolved: JsonObject[] = [];
    for (const [index, action] of (automation[part] ?? []).entries()) {
      resolved.push(await resolveAction(names, action, `${automation.name}: ${part}.${index}`));
    }
    return resolved;
  };
  return {
    ...automation,
    actions: await resolve("actions"),
    actionsOnTrigger: await resolve("actionsOnTrigger"),
    actionsOnResolve: await resolve("actionsOnResolve"),
  };
}

async function resolveAction(names: Names, action: JsonObject, where: string): Promise<JsonObject> {
  const { api } = names;
  switch (action.kind) {
    case "run-deployment":
    case "pause-deployment":
    case "resume-deployment":
      return resolveTarget(api, action, { lookup: deployments, where });
    case "pause-work-pool":
    case "resume-work-pool":
      return resolveTarget(api, action, { lookup: workPools, where });
    case "pause-work-queue":
    case "resume-work-queue":
      return resolveTarget(api, action, { lookup: workQueues, where });
    case "pause-automation":
    case "resume-automation":
      return resolveTarget(api, action, { lookup: automations, where, known: names.ofFile });
    case "send-notification":
    case "call-webhook":
      return resolveBlock(api, action, where);
    case "pause-schedule":
    case "resume-schedule":
      return resolveSchedule(api, action, where);
    default:
      return action;
  }
}

async function resolveTarget<Kind extends ObjectKind>(
  api: Api,
  action: JsonObject,
  {
    lookup,
    where,
    known,
  }: { readonly lookup: Lookup<Kind>; readonly where: string; readonly known?: ReadonlyMap<string, string> },
): Promise<JsonObject> {
  const { target } = action;
  const forms = "It is `{ name: … }`, `{ source: selected, id: … }` or `{ source: inferred }`.";
  if (!isObject(target)) throw fault(`${where} has no target`, forms);
  refuseUnknown(target, { where: `${where}.target`, known: ["source", "id", "name"] });
  const { name, id, source } = target;
  if (source === "inferred" && name === undefined && id === undefined) return action;
  if ((source ?? "selected") !== "selected" || (name === undefined) === (id === undefined)) {
    throw fault(`${where}.target does not say which ${lookup.noun}`, forms);
  }
  if (name === undefined) return { ...action, target: { source: "selected", id } };
  const text = toName(name, `${where}.target.name`);
  const found = known?.get(text) ?? (await findObject(api, text, lookup)).id;
  return { ...action, target: { source: "selected", id: found } };
}

async function resolveBlock(api: Api, action: JsonObject, where: string): Promise<JsonObject> {
  const { block, ...rest } = action;
  if (block === undefined) return action;
  return { ...rest, blockDocumentId: (await findObject(api, toName(block, `${where}.block`), blocks)).id };
}

async function resolveSchedule(api: Api, action: JsonObject, where: string): Promise<JsonObject> {
  const { deployment, schedule, ...rest } = action;
  if (deployment === undefined && schedule === undefined) return action;
  if (deployment === undefined || schedule === undefined) throw fault(`${where} names no deployment and schedule`);
  const found = await findObject(api, toName(deployment, `${where}.deployment`), deployments);
  const { id: scheduleId } = await findSchedule(api, found, toName(schedule, `${where}.schedule`));
  return { ...rest, deploymentId: found.id, scheduleId };
}

function toName(written: unknown, where: string): string {
  if (typeof written === "string") return written;
  throw fault(`${where} is no text`);
}
