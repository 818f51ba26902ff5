/** The slots that runs of a deployment take of its limit: its own, or one that it shares with others. */

import type { Api } from "../contract/api.ts";
import { takenSlots } from "../contract/concurrency.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { CollisionStrategy, Deployment } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import type { ConcurrencyLimits } from "./concurrency-limits.ts";
import { createCollisions } from "./collisions.ts";
import type { SlotWaiters } from "./slot-waiters.ts";
import type { DeploymentSlots } from "./guest-runs.ts";

/** How long a run that took a slot may take to start, where its deployment does not say. In ms. */
const defaultGraceMs = 300_000;
/** The lease of a slot that nobody renews, in ms: 30 days, so that one that nobody gives back is not lost for ever. */
const forGoodMs = 30 * 86_400_000;

interface Limited {
  readonly id: string;
  readonly name: string;
  readonly slots: number;
  readonly leaseMs: number;
  readonly strategy: CollisionStrategy;
}

export function createDeploymentSlots({
  store,
  clock,
  limits,
  waiters,
  propose,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ConcurrencyLimits;
  readonly waiters: SlotWaiters;
  /** Proposes states for the runs that give way. */
  readonly propose: Api["proposeFlowRunState"];
}): DeploymentSlots {
  const collisions = createCollisions({ store, propose });

  /** Null where the deployment has no limit. */
  async function findLimit({ deploymentId }: FlowRun): Promise<Limited | null> {
    if (deploymentId === null) return null;
    const [deployment] = await store.readObjects("deployment", [deploymentId]);
    if (deployment?.concurrencyLimitId == null) return null;
    const [limit] = await store.readObjects("concurrency-limit", [deployment.concurrencyLimitId]);
    if (limit?.active !== true) return null;
    const { id, name, slots } = limit;
    return { id, name, slots, ...optionsOf(deployment) };
  }

  async function takeOne(run: FlowRun, { name, leaseMs }: Pick<Limited, "name" | "leaseMs">): Promise<string | null> {
    const answer = await limits.takeSlots({ limits: [name], slots: 1, leaseMs, holder: `flow-run:${run.id}` });
    return answer.granted ? answer.leaseId : null;
  }

  /** Whether all that is free is kept for runs that have waited longer. */
  async function isKeptForOthers(run: FlowRun, limit: Limited): Promise<boolean> {
    const promised = await waiters.countPromisedBefore(run, limit);
    if (promised === 0) return false;
    const [found] = await store.readObjects("concurrency-limit", [limit.id]);
    return found !== undefined && found.slots - takenSlots(found, clock.now()) <= promised;
  }

  return {
    async take(run) {
      const limit = await findLimit(run);
      if (limit === null) return { fact: "not-needed" };
      if (limit.slots === 0) return { fact: "never" };
      if (limit.strategy === "latest-only" && (await collisions.hasNewer(run))) return { fact: "skipped" };
      if (limit.strategy === "enqueue" && (await isKeptForOthers(run, limit))) return { fact: "full-wait" };
      const leaseId = await takeOne(run, limit);
      if (leaseId !== null) return { fact: "taken", leaseId };
      switch (limit.strategy) {
        case "enqueue":
          return { fact: "full-wait" };
        case "cancel-new":
          return { fact: "full-cancel" };
        case "cancel-running":
          await collisions.cancelOldest(run);
          return { fact: "full-wait" };
        case "latest-only":
          await collisions.skipOlder(run);
          return { fact: "full-wait" };
      }
    },

    async keep(run, { leaseId, isForGood }) {
      const limit = await findLimit(run);
      if (limit === null) return { fact: "not-needed", leaseId };
      const leaseMs = isForGood ? forGoodMs : limit.leaseMs;
      if (await limits.renewSlots(leaseId, leaseMs)) return { fact: "taken", leaseId };
      // The lease has ended. If nobody needs the slot, the run goes on with another.
      const another = await takeOne(run, { name: limit.name, leaseMs });
      return another === null ? { fact: "lost" } : { fact: "taken", leaseId: another };
    },

    async giveBack(leaseId) {
      await limits.giveBackSlots({ leaseId });
    },

    async wakeFor(run) {
      const limit = await findLimit(run);
      if (limit !== null) await waiters.wake([limit.id]);
    },
  };
}

function optionsOf({ startGraceMs, collisionStrategy }: Deployment): Pick<Limited, "leaseMs" | "strategy"> {
  return { leaseMs: startGraceMs ?? defaultGraceMs, strategy: collisionStrategy ?? "enqueue" };
}
