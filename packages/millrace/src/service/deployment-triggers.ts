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
  /** @throws OBJECT_INVALID for one that cannot be evaluated, OBJECT_EXISTS for a name that two of them have */
  check(triggers: readonly DeploymentTriggerToSave[]): Promise<void>;
  /** Gives a deployment these triggers and no others. */
  replace(deploymentId: string, wanted: readonly DeploymentTriggerToSave[]): Promise<void>;
}

/** Automations of one deployment that are read. */
const maxTriggers = 1000;

/** A deployment that is not made yet. */
const someId = "00000000-0000-0000-0000-000000000000";

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

  /** Its id follows from its names, so that two who save the deployment at once make one of it. */
  async function create(deploymentId: string, automation: NewObject<"automation">): Promise<void> {
    const id = uuidFromHash(`trigger ${deploymentId} ${automation.name}`);
    try {
      await objects.createObject("automation", { ...automation, id });
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    }
  }

  return {
    async check(triggers) {
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
          throw new MillraceError(
            "OBJECT_INVALID",
            { reason: `${name}: ${String(error.data.reason)}` },
            { cause: error },
          );
        }
      }
    },

    async replace(deploymentId, wanted) {
      const left = [...(await ofDeployment(deploymentId))];
      for (const trigger of wanted) {
        const automation = toOwnedAutomation(deploymentId, trigger);
        const index = left.findIndex(({ name }) => name === trigger.name);
        const [known] = index === -1 ? [] : left.splice(index, 1);
        if (known === undefined) await create(deploymentId, automation);
        else if (!hasAll(known, automation)) await objects.updateObject("automation", known.id, automation);
      }
      for (const { id } of left) await objects.deleteObject("automation", id);
    },
  };
}
