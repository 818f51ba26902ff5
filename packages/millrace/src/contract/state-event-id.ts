import { uuidFromHash } from "../kit/ids.ts";

/** The id of the event that tells of a run's state: a run has no two states of one name and time. */
export function stateEventId(runId: string, event: { readonly name: string; readonly at: number }): string {
  return uuidFromHash(`${runId} ${event.name} ${event.at}`);
}
