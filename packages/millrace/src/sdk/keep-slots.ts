/** Renews the lease of slots that are held, and tells when it could not. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Runtime } from "../contract/runtime.ts";

/** Renewals within one lease, so that some of them may fail. */
const renewalsOfEach = 4;

export interface KeptSlots extends Disposable {
  /** Aborts with SLOTS_LOST when others may have the slots. */
  readonly signal: AbortSignal;
}

/** Renews until it is disposed of. The lease was taken just now. */
export function keepSlots(options: {
  readonly api: Pick<Api, "renewSlots">;
  readonly clock: Runtime["clock"];
  readonly leaseId: string;
  readonly leaseMs: number;
  /** Names, for the error. */
  readonly limits: readonly string[];
}): KeptSlots {
  const { api, clock, leaseId, leaseMs, limits } = options;
  const lost = new AbortController();
  const stop = new AbortController();

  /** Until when they are held; one that fails is tried again while the lease lasts. */
  async function renew(heldUntil: number): Promise<number> {
    const askedAt = clock.now();
    try {
      return (await api.renewSlots(leaseId, leaseMs)) ? askedAt + leaseMs : 0;
    } catch {
      return heldUntil;
    }
  }

  async function renewAgainAndAgain(): Promise<void> {
    for (let heldUntil = clock.now() + leaseMs; clock.now() < heldUntil; heldUntil = await renew(heldUntil)) {
      await clock.sleep(leaseMs / renewalsOfEach, stop.signal);
    }
    if (stop.signal.aborted) return;
    lost.abort(new MillraceError("SLOTS_LOST", { limits: limits.map((name) => `\`${name}\``).join(", ") }));
  }

  // A sleep rejects when it is stopped, and with nothing else.
  renewAgainAndAgain().catch(() => undefined);
  return { signal: lost.signal, [Symbol.dispose]: () => stop.abort() };
}
