/** Tells of which work pools runs may have become due, by the events of the ledger. */

import type { Api } from "../../contract/api.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { roomFreedEvent } from "../../contract/work.ts";
import type { EventFeed } from "../events/event-feed.ts";

/** How long the feed may say nothing before it is asked again, in ms. */
const restMs = 15_000;
/** Runs whose pools are read in one question; where there are more it may be any pool. */
const maxRuns = 500;

/** Events after which a run may be due. */
const scheduling: ReadonlySet<string> = new Set(
  ["Scheduled", "Resuming", "AwaitingRetry", "AwaitingConcurrencySlot"].map((name) => `millrace.flow-run.${name}`),
);
/** What is changed in one of these may let runs of any pool start. */
const around = /^millrace\.(?:work-pool|work-queue|deployment)\.(?:created|updated)$/;

/**
 * Resolves when the signal is aborted. Who calls has joined the feed.
 *
 * @param onNews called with the ids of pools; with null where it may be any
 */
export async function followDueNews(options: {
  readonly api: Pick<Api, "listFlowRuns">;
  readonly feed: EventFeed;
  readonly after: number;
  readonly signal: AbortSignal;
  readonly onNews: (pools: ReadonlySet<string> | null) => void;
}): Promise<void> {
  const { api, feed, after, signal, onNews } = options;
  const follower = feed.follow({ after, isWanted: isNews });
  try {
    while (!signal.aborted) {
      const found = follower.find();
      if (found === null) {
        follower.moveTo(feed.lastSeq);
        onNews(null);
        continue;
      }
      follower.moveTo(found.upTo);
      if (found.events.length > 0) onNews(await poolsOf(api, found.events));
      else await follower.wait({ ms: restMs, signal });
    }
  } finally {
    follower.end();
  }
}

function isNews({ name }: StoredEvent): boolean {
  return scheduling.has(name) || name === roomFreedEvent || around.test(name);
}

/** Null for any. */
async function poolsOf(
  api: Pick<Api, "listFlowRuns">,
  events: readonly StoredEvent[],
): Promise<ReadonlySet<string> | null> {
  if (events.some(({ name }) => around.test(name))) return null;
  const pools = new Set(events.flatMap(({ name, resource }) => (name === roomFreedEvent ? [idOf(resource)] : [])));
  const ids = [...new Set(events.flatMap(({ flowRunId }) => flowRunId ?? []))];
  if (ids.length === 0) return pools;
  if (ids.length > maxRuns) return null;
  try {
    const { items } = await api.listFlowRuns({ ids }, "created-asc", { limit: maxRuns });
    for (const { workPoolId } of items) if (workPoolId !== null) pools.add(workPoolId);
    return pools;
  } catch {
    // The database does not answer now; the next look tells.
    return null;
  }
}

function idOf({ id = "" }: Readonly<Record<string, string>>): string {
  return id.slice(id.lastIndexOf(".") + 1);
}
