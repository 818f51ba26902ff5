/**
 * Tells when the disk of the ledger is nearly full, while it can still be told: an event, which automations may notify somebody
 * of, and another when there is space again.
 */

import type { Api } from "../contract/api.ts";
import type { DiskSpace } from "../contract/wire/server-description.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";

/** Told of below the first share of the disk, and taken back above the second, so that a disk at the border is not told of for ever. */
const lowShare = 0.1;
const enoughShare = 0.12;

export const lowSpaceEvent = "millrace.ledger.low-space";
export const spaceEvent = "millrace.ledger.space-regained";

export interface LowSpaceLoop {
  tick(): Promise<void>;
}

export function isLow({ freeBytes, totalBytes }: DiskSpace): boolean {
  return freeBytes < totalBytes * lowShare;
}

/** @param options.readSpace null where the ledger is on no disk of this machine */
export function createLowSpaceLoop(options: {
  readonly api: Pick<Api, "record">;
  readonly clock: Clock;
  readonly readSpace: () => Promise<DiskSpace | null>;
}): LowSpaceLoop {
  const { api, clock, readSpace } = options;
  let isTold = false;

  async function tell(name: string, space: DiskSpace): Promise<void> {
    const resource = { id: "millrace.ledger", role: "ledger" };
    const own = { flowRunId: null, taskRunId: null, resource, payload: JSON.stringify(space) };
    await api.record({ processId: "server", events: [{ id: uuidv7(), name, at: clock.now(), ...own }] });
  }

  return {
    async tick() {
      const space = await readSpace();
      if (space === null) return;
      if (!isTold && isLow(space)) {
        await tell(lowSpaceEvent, space);
        isTold = true;
      } else if (isTold && space.freeBytes > space.totalBytes * enoughShare) {
        await tell(spaceEvent, space);
        isTold = false;
      }
    },
  };
}
