/** What the evaluation of automations keeps of itself, by automation: where it is, and why it came to what it came to. */

import { uuidFromHash } from "../kit/ids.ts";
import type { Api } from "./api.ts";
import type { EvaluationReason } from "./automations.ts";

export interface KeptReason extends EvaluationReason {
  /** The time of the event or of the evaluation, in ms since the epoch. */
  readonly at: number;
}

/** The id of a value that is kept by name. */
export function configurationIdOf(name: string): string {
  return uuidFromHash(`configuration ${name}`);
}

export function evaluationName(automationId: string): string {
  return `automation-state ${automationId}`;
}

/** Why its last evaluations came to what they came to, the newest last; empty for one that has not been evaluated. */
export async function readReasons(api: Pick<Api, "readObject">, automationId: string): Promise<readonly KeptReason[]> {
  const kept = await api.readObject("configuration", configurationIdOf(evaluationName(automationId)));
  const { reasons = [] } = (kept?.value ?? {}) as { readonly reasons?: readonly KeptReason[] };
  return reasons;
}
