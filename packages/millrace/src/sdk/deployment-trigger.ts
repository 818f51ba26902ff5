import type { DeploymentTriggerToSave } from "../contract/deployment-triggers.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { type TriggerInput, toTrigger } from "../contract/written-triggers.ts";
import { type Duration, toMs } from "../kit/duration.ts";

/**
 * Starts a run of the deployment when something happens, or does not: one of the triggers of automations, and what its runs
 * are given.
 *
 * @example { kind: "event", expect: "file.arrived", parameters: { day: "{{ event.payload.day }}" } }
 */
export type DeploymentTrigger = TriggerInput & {
  /** Names it among those of its deployment. Default: a name with its place in the list. */
  readonly name?: string;
  readonly description?: string;
  /** Default true. */
  readonly enabled?: boolean;
  /** Over those of the deployment; texts in it may be templates over the event. */
  readonly parameters?: JsonObject;
  /** Over those of the deployment. */
  readonly jobVariables?: JsonObject;
  /** Each run is due this long after what set it off. Default: at once. */
  readonly delay?: Duration;
};

/** @throws DEPLOYMENT_INVALID; what the trigger means is checked where it is saved (OBJECT_INVALID) */
export function toTriggerToSave(
  { name, description, enabled, parameters, jobVariables, delay, ...trigger }: DeploymentTrigger,
  { deployment, index }: { readonly deployment: string; readonly index: number },
): DeploymentTriggerToSave {
  try {
    return {
      name: name ?? `${deployment}__automation_${index + 1}`,
      ...(description === undefined ? {} : { description }),
      ...(enabled === undefined ? {} : { enabled }),
      trigger: toTrigger(trigger, `trigger ${index + 1}`),
      ...(parameters === undefined ? {} : { parameters }),
      ...(jobVariables === undefined ? {} : { jobVariables }),
      ...(delay === undefined ? {} : { delayMs: toMs(delay) }),
    };
  } catch (cause) {
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason: reasonOf(cause) }, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!isMillraceError(cause)) return cause instanceof Error ? cause.message : String(cause);
  const { reason, advice } = cause.data;
  return `${String(reason).replace(/\.$/, "")} (${String(advice).replace(/\.$/, "")})`;
}
