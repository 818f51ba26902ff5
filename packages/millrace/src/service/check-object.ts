/** What an object must be beyond its fields: what it belongs to is there, and what is written in it can be read. */

import { MillraceError } from "../contract/errors.ts";
import { flowIdOf } from "../contract/flow-id.ts";
import type { AnyObject, Automation, Deployment, ObjectKind, Schedule, Webhook } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";

/** The kinds that fields of an object name one of. A deployment's flow is made with it. */
const references: Partial<Record<ObjectKind, Readonly<Record<string, ObjectKind>>>> = {
  deployment: { workPoolId: "work-pool", workQueueId: "work-queue" },
  schedule: { deploymentId: "deployment" },
  "deployment-version": { deploymentId: "deployment" },
  "work-queue": { workPoolId: "work-pool" },
  worker: { workPoolId: "work-pool" },
  "block-schema": { blockTypeId: "block-type" },
  "block-document": { blockTypeId: "block-type", blockSchemaId: "block-schema" },
  "automation-firing": { automationId: "automation" },
};

/** What an automation does; the rest of it cannot be wrong. */
const automationFields = ["trigger", "actions", "actionsOnTrigger", "actionsOnResolve"];

/**
 * What has not changed is not looked at again: it was right when it was written.
 *
 * @param before null for a new one
 * @throws OBJECT_INVALID, SCHEDULE_INVALID, PARAMETER_SCHEMA_INVALID
 */
export async function checkObject(
  store: Pick<Store, "readObjects">,
  {
    kind,
    object,
    before,
  }: { readonly kind: ObjectKind; readonly object: AnyObject; readonly before: AnyObject | null },
): Promise<void> {
  const isChanged = (field: string): boolean =>
    before === null || !isSame(fieldOf(object, field), fieldOf(before, field));
  for (const [field, of] of Object.entries(references[kind] ?? {})) {
    const id = (fieldOf(object, field) as string | null | undefined) ?? null;
    if (id === null || !isChanged(field)) continue;
    if ((await store.readObjects(of, [id])).length === 0) throw invalid(field, `names no ${of} that there is`);
  }
  await checkFields(kind, object, isChanged);
}

/** What checks them is much code, for what is seldom made. */
async function checkFields(kind: ObjectKind, object: AnyObject, isChanged: (field: string) => boolean): Promise<void> {
  switch (kind) {
    case "automation": {
      const automation = object as Automation;
      const { checkAutomationLoop, checkAutomationObject } = await import("./check-automation-object.ts");
      if (automationFields.some(isChanged)) return checkAutomationObject(automation);
      if (automation.enabled && isChanged("enabled")) checkAutomationLoop(automation);
      return;
    }
    case "webhook": {
      if (!isChanged("slug") && !isChanged("template")) return;
      const { checkWebhookObject } = await import("./check-webhook-object.ts");
      return checkWebhookObject(object as Webhook);
    }
    case "schedule": {
      if (!isChanged("spec")) return;
      const { checkSpec } = await import("./check-spec.ts");
      return checkSpec((object as Schedule).spec);
    }
    case "deployment": {
      const { flowId, flowName, parameterSchema = null, enforcesSchema = true } = object as Deployment;
      if (flowId !== flowIdOf(flowName)) throw invalid("flowId", `is not the id of the flow ${flowName}`);
      // Where nothing is held against it, it need not be one that can be.
      if (parameterSchema === null || !enforcesSchema) return;
      if (!isChanged("parameterSchema") && !isChanged("enforcesSchema")) return;
      const { checkParameterSchema } = await import("./check-parameters.ts");
      return checkParameterSchema(flowName, parameterSchema);
    }
    default:
  }
}

function fieldOf(object: AnyObject, field: string): unknown {
  return (object as unknown as Readonly<Record<string, unknown>>)[field];
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function invalid(field: string, text: string): MillraceError {
  return new MillraceError("OBJECT_INVALID", { reason: `${field} ${text}` });
}
