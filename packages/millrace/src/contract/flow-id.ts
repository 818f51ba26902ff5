import { uuidFromHash } from "../kit/ids.ts";

/** The id of the flow of a name: always the same, so that a run knows its flow without looking. */
export function flowIdOf(flowName: string): string {
  return uuidFromHash(`flow ${flowName}`);
}
