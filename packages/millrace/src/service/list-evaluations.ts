import type { Api } from "../contract/api.ts";
import {
  configurationIdOf,
  evaluationName,
  type KeptEvaluation,
  type KeptEvaluationState,
} from "../contract/evaluations.ts";

/** The last one first; none where there is no such automation. */
export async function listEvaluations(
  api: Pick<Api, "readObject">,
  automationId: string,
): Promise<readonly KeptEvaluation[]> {
  const kept = await api.readObject("configuration", configurationIdOf(evaluationName(automationId)));
  const { history = [] } = (kept?.value ?? {}) as Partial<KeptEvaluationState<unknown>>;
  return history.toReversed();
}
