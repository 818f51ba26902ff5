/** Triggers of a deployment: automations that belong to it, and start its runs. */

import type { JsonObject, NewObject } from "./objects.ts";

/** What starts runs of a deployment, beside its schedules. */
export interface DeploymentTriggerToSave {
  /** Names it among those of its deployment. */
  readonly name: string;
  readonly description?: string;
  /** Default true. */
  readonly enabled?: boolean;
  /** What contract/automations.ts describes. */
  readonly trigger: JsonObject;
  /** Of the runs, over those of the deployment. Texts in it may be templates. Default: the deployment's own. */
  readonly parameters?: JsonObject | null;
  readonly jobVariables?: JsonObject | null;
  /** Each run is due this long after what set it off. Default 0. */
  readonly delayMs?: number;
}

/** The resource that an automation of a deployment belongs to. */
export function deploymentResource(deploymentId: string): string {
  return `millrace.deployment.${deploymentId}`;
}

/** The automation that a trigger is kept as. */
export function toOwnedAutomation(
  deploymentId: string,
  {
    name,
    description = "",
    enabled = true,
    trigger,
    parameters = null,
    jobVariables = null,
    delayMs = 0,
  }: DeploymentTriggerToSave,
): NewObject<"automation"> {
  const target = { source: "selected", id: deploymentId };
  return {
    name,
    description,
    enabled,
    tags: [],
    trigger,
    actions: [{ kind: "run-deployment", target, parameters, jobVariables, delayMs }],
    actionsOnTrigger: [],
    actionsOnResolve: [],
    owner: deploymentResource(deploymentId),
  };
}
