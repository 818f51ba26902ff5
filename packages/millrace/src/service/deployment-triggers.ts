/** What starts runs of a deployment beside its schedules, as automations that belong to it. */

import {
  type DeploymentTriggerToSave,
  deploymentResource,
  toOwnedAutomation,
} from "../contract/deployment-triggers.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { Automation, NewObject } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import { uuidFromHash } from "../kit/ids.ts";
import type { ObjectMethods } from "./objects.ts";
import { hasAll } from "./schedules.ts";

export interface DeploymentTriggers {
  /** Gives a deployment these triggers and no others. */
  replace(deploymentId: string, wanted: readonly DeploymentTriggerToSave[]): Promise<void>;
}

/** Automations of one deployment that are read. */
const maxTriggers = 1000;

/** A deployment that is not made yet. */
const someId = "00000000-0000-0000-0000-000000000000";

/** Follows from its names, so that two who save the deployment at once make one of it. */
function idOf(deploymentId: string, name: string): string {
  return uuidFromHash(`trigger ${deploymentId} ${name}`);
}

/** @throws OBJECT_INVALID for one that cannot be evaluated, OBJECT_EXISTS for a name that two of them have */
export async function checkTriggers(triggers: readonly DeploymentTriggerToSave[]): Promise<void> {
  const names = new Set<string>();
  for (const trigger of triggers) {
    const { name } = trigger;
    if (names.has(name)) throw new MillraceError("OBJECT_EXISTS", { kind: "trigger", name });
    names.add(name);
    const { checkAutomationObject } = await import("./check-automation-object.ts");
    const base = { id: someId, revision: 1, createdAt: 0, updatedAt: 0 };
    try {
      checkAutomationObject({ ...toOwnedAutomation(someId, trigger), ...base });
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_INVALID")) throw error;
      throw new MillraceError("OBJECT_INVALID", { reason: `${name}: ${String(error.data.reason)}` }, { cause: error });
    }
  }
}

export function createDeploymentTriggers({
  store,
  objects,
}: {
  readonly store: Store;
  readonly objects: ObjectMethods;
}): DeploymentTriggers {
  async function ofDeployment(deploymentId: string): Promise<readonly Automation[]> {
    const where = { field: "owner", in: [deploymentResource(deploymentId)] };
    return (await store.findObjects("automation", { where }, { limit: maxTriggers })).items;
  }

  async function create(automation: NewObject<"automation"> & { readonly id: string }): Promise<void> {
    try {
      await objects.createObject("automation", automation);
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
      const known = await objects.readObject("automation", automation.id);
      // Somebody has taken it from the deployment: it is not ours to change.
      if (known?.owner !== automation.owner) throw error;
      await change(known, automation);
    }
  }

  async function change(known: Automation, wanted: NewObject<"automation">): Promise<void> {
    const { id: _, ...fields } = wanted;
    if (!hasAll(known, fields)) await objects.updateObject("automation", known.id, fields);
  }

  return {
    async replace(deploymentId, wanted) {
      const left = new Map((await ofDeployment(deploymentId)).map((automation) => [automation.id, automation]));
      const take = (automation: Automation | undefined): Automation | undefined => {
        if (automation !== undefined) left.delete(automation.id);
        return automation;
      };
      const automations = wanted.map((trigger) => ({
        ...toOwnedAutomation(deploymentId, trigger),
        id: idOf(deploymentId, trigger.name),
      }));
      // Those that were renamed are found by their ids, before another takes them by the name that they have now.
      const byId = automations.map(({ id }) => take(left.get(id)));
      for (const [index, automation] of automations.entries()) {
        const named = () => left.values().find(({ name }) => name === automation.name);
        const known = byId[index] ?? take(named());
        await (known === undefined ? create(automation) : change(known, automation));
      }
      for (const id of left.keys()) await objects.deleteObject("automation", id);
    },
  };
}
