/** Makes a flow ready for the recorded parameters of a run. */

import type { FlowDefinition } from "../contract/definitions.ts";
import { validateParameters } from "../engine/parameters.ts";

export interface PreparedFlow {
  readonly definition: FlowDefinition;
  readonly parameters: unknown;
}

/** Parameters are checked as those of a call are; the run of wrong ones fails, and is not tried again. */
export async function prepareFlow(definition: FlowDefinition, given: unknown): Promise<PreparedFlow> {
  try {
    return { definition, parameters: await validateParameters(definition, given) };
  } catch (error) {
    const fn = (): never => {
      throw error;
    };
    return { definition: { ...definition, fn, retries: 0 }, parameters: given };
  }
}
