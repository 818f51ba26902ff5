/**
 * Firings and their ids. An id is the hash of what made the trigger fire (automation, place of the trigger, values of
 * `forEach`, the events counted), so that two servers that evaluate the same events make one firing of them.
 */

import type { Firing } from "../../contract/automations.ts";
import { uuidFromHash } from "../../kit/ids.ts";

export function createFiring(
  firing: Omit<Firing, "id" | "state"> & {
    readonly state?: Firing["state"];
    readonly key?: readonly string[];
    /** What tells firings apart that have the same events, or none: the end of the window, for one. */
    readonly distinction?: number | null;
  },
): Firing {
  const { key = [], distinction = null, state = "Triggered", ...rest } = firing;
  const causes = rest.firings.length > 0 ? rest.firings.map(({ id }) => id) : rest.eventIds;
  const id = uuidFromHash(
    JSON.stringify(["firing", rest.automationId, rest.path, key, state, causes.toSorted(), distinction]),
  );
  return { id, state, ...rest };
}

/** "1 event", "2 events". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
