/** Keeps out the keys of runs that have ended, or that another process has by now. */

import type { Access, KeyScope } from "../../../contract/access.ts";
import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { isTerminal } from "../../../contract/states.ts";
import type { Clock } from "../../../kit/clock.ts";

/** How long what was found out holds, in ms. */
const holdsMs = 2000;
/** How long a key is good after its process has had the run, in ms: for its last logs, and to hear that the run is another's. */
const lastWordsMs = 60_000;
/** What is held at most. */
const maxHeld = 10_000;

type RunScope = Extract<KeyScope, { kind: "run" }>;

interface Held {
  readonly isGood: boolean;
  readonly until: number;
  /** When its process was last seen to have the run, by the monotonic clock in ms; null: never by this server. */
  readonly ownedAt: number | null;
}

/** @param api of the ledger in which the runs are */
export function withLiveRuns(
  access: Access,
  { api, clock }: { readonly api: Pick<Api, "readFlowRun">; readonly clock: Clock },
): Access {
  const held = new Map<string, Held>();

  async function isGood(scope: RunScope): Promise<boolean> {
    const key = `${scope.flowRunId} ${scope.processId} ${scope.epoch}`;
    const before = held.get(key);
    if (before !== undefined && before.until > clock.monotonic()) return before.isGood;
    const run = await api.readFlowRun(scope.flowRunId);
    const now = clock.monotonic();
    const isOwned = run !== null && isOwnedBy(run, scope);
    const ownedAt = isOwned ? now : (before?.ownedAt ?? null);
    const wasOwned = run !== null && ownedAt !== null && now < ownedAt + lastWordsMs;
    const found = isOwned || wasOwned || (run !== null && hasJustLeft(run, scope, clock.now()));
    held.delete(key);
    held.set(key, { isGood: found, until: now + holdsMs, ownedAt });
    const [oldest] = held.keys();
    if (held.size > maxHeld && oldest !== undefined) held.delete(oldest);
    return found;
  }

  return {
    ...access,
    async identify(credential, from) {
      const identity = await access.identify(credential, from);
      // Whoever may nothing learns nothing either, not even whether there is such a ledger.
      if (identity?.scope?.kind !== "run" || identity.account.role === "none") return identity;
      return (await isGood(identity.scope)) ? identity : null;
    },
  };
}

function isOwnedBy({ state, ownerId, epoch }: FlowRun, scope: RunScope): boolean {
  return epoch === scope.epoch && ownerId === scope.processId && !isTerminal(state.type);
}

/** It was given up in this epoch: no other process has had it since. */
function hasJustLeft({ state, epoch }: FlowRun, scope: RunScope, now: number): boolean {
  return epoch === scope.epoch && now < state.at + lastWordsMs;
}
