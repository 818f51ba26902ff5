/** Slots of concurrency limits: taken of all limits or of none, held under leases, and given back once. */

import type { Api } from "../contract/api.ts";
import type { SlotAnswer, SlotDemand, SlotReturn } from "../contract/concurrency.ts";
import { MillraceError } from "../contract/errors.ts";
import type { ConcurrencyLimit, SlotLease } from "../contract/objects.ts";
import type { LimitChange, Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createLetOthers } from "../kit/let-others.ts";
import { type Random, systemRandom } from "../kit/random.ts";
import { endWait, noteWait } from "../rules/slot-waits.ts";
import { decideTake, giveBack, toNamedLimit } from "../rules/slots.ts";

export type ConcurrencyLimits = Pick<Api, "takeSlots" | "giveBackSlots" | "renewSlots" | "expireSlots">;

/** Names in one demand, at most. */
const maxNames = 1000;
/** Leases that one call of `expireSlots` ends. */
const maxExpired = 200;
/** How much longer a wait may be than reckoned, as a part of it: not all who wait ask at once. */
const jitter = 0.3;

export function createConcurrencyLimits({
  store,
  clock,
  random = systemRandom,
  mayExpire = () => true,
  onFreed = async () => undefined,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random?: Random;
  /** Whether those that hold leases have had the time to renew them. */
  readonly mayExpire?: () => boolean;
  /** Told of limits of which slots came back, of whom. */
  readonly onFreed?: (limits: readonly ConcurrencyLimit[], holder: string) => Promise<void>;
}): ConcurrencyLimits {
  const letOthers = createLetOthers(clock);

  async function takeSlots(demand: SlotDemand): Promise<SlotAnswer> {
    const names = checkDemand(demand);
    const { leaseId } = demand;
    if (demand.leaseMs !== undefined) checkLease(demand.leaseMs);
    // Most tags of tasks have no limit: that is seen without a lock.
    if ((await store.count("concurrency-limit", { field: "name", in: names })) === 0) {
      return { granted: true, leaseId: null, limits: [] };
    }
    const ask = (): Promise<SlotAnswer> =>
      store.changeLimits(
        names,
        (limits, held) => (held === null ? take(limits, demand) : takenBefore(limits, { held, demand })),
        leaseId,
      );
    const answer = await ask();
    if (answer.granted || answer.reason !== "full") return answer;
    // Where no server ends leases, those who need the slots do.
    return (await expireSlots()) > 0 ? ask() : answer;
  }

  function take(found: readonly ConcurrencyLimit[], demand: SlotDemand): LimitChange<SlotAnswer> {
    const now = clock.now();
    const { refusal, changed } = decideTake(found, { ...demand, now });
    const limits = found.map(toNamedLimit);
    if (refusal !== null) {
      const { retryAfterMs } = refusal;
      const spread = retryAfterMs === null ? null : retryAfterMs * (1 + jitter * random());
      const { holder } = demand;
      return {
        changed: changed.map((limit) => toNext(noteWait(limit, { holder, retryAfterMs: spread ?? 0, now }))),
        lease: null,
        outcome: { granted: false, limits, ...refusal, retryAfterMs: spread },
      };
    }
    const lease = found.length === 0 ? null : toLease(changed, demand, now);
    const granted = changed.map((limit) => endWait(limit, { holder: demand.holder, now }));
    return { changed: granted.map(toNext), lease, outcome: { granted: true, leaseId: lease?.id ?? null, limits } };
  }

  async function giveBackSlots(slots: SlotReturn): Promise<boolean> {
    if ("leaseId" in slots) return endLease(slots.leaseId);
    const names = checkDemand(slots);
    const freed = await store.changeLimits(names, (limits) => {
      const now = clock.now();
      const active = limits.filter((limit) => limit.active);
      return {
        changed: active.map((limit) => toNext(giveBack(limit, { ...slots, now }))),
        lease: null,
        outcome: active,
      };
    });
    await onFreed(freed, "");
    return freed.length > 0;
  }

  async function endLease(id: string, expiredAt?: number): Promise<boolean> {
    let freed: readonly ConcurrencyLimit[] = [];
    let by = "";
    const isEnded = await store.endSlotLease({
      id,
      ...(expiredAt === undefined ? {} : { expiredAt }),
      settle: ({ slots, createdAt, holder }, limits) => {
        freed = limits;
        by = holder;
        const now = clock.now();
        // How long slots were held until nobody renewed them says nothing of how long they are needed.
        const heldMs = expiredAt === undefined ? now - createdAt : undefined;
        return limits.map((limit) => toNext(giveBack(limit, { slots, heldMs, now })));
      },
    });
    if (isEnded) await onFreed(freed, by);
    return isEnded;
  }

  async function expireSlots(): Promise<number> {
    if (!mayExpire()) return 0;
    const now = clock.now();
    const { items } = await store.findObjects(
      "slot-lease",
      { where: { field: "expiresAt", atMost: now }, sort: { field: "expiresAt", direction: "asc" } },
      { limit: maxExpired },
    );
    const failures: unknown[] = [];
    let ended = 0;
    for (const { id } of items) {
      await letOthers();
      try {
        if (await endLease(id, now)) ended++;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return ended;
  }

  return {
    takeSlots,
    giveBackSlots,
    renewSlots: async (leaseId, leaseMs) => {
      checkLease(leaseMs);
      return store.renewSlotLease(leaseId, clock.now() + leaseMs);
    },
    expireSlots,
  };
}

/** The answer to an earlier demand was lost. */
function takenBefore(
  limits: readonly ConcurrencyLimit[],
  { held, demand }: { readonly held: SlotLease; readonly demand: SlotDemand },
): LimitChange<SlotAnswer> {
  if (held.holder !== (demand.holder ?? "")) throw usage(`the lease ${held.id} is another's`);
  return { changed: [], lease: null, outcome: { granted: true, leaseId: held.id, limits: limits.map(toNamedLimit) } };
}

function toNext(limit: ConcurrencyLimit): ConcurrencyLimit {
  return { ...limit, revision: limit.revision + 1 };
}

function toLease(taken: readonly ConcurrencyLimit[], demand: SlotDemand, now: number): SlotLease | null {
  if (demand.leaseMs === undefined || demand.mode === "rate-limit") return null;
  return {
    id: demand.leaseId ?? uuidv7(now),
    revision: 1,
    createdAt: now,
    updatedAt: now,
    expiresAt: now + demand.leaseMs,
    holder: demand.holder ?? "",
    limitIds: taken.map(({ id }) => id),
    slots: demand.slots,
    ...(demand.processId === undefined ? {} : { processId: demand.processId }),
  };
}

/** The names, each once. */
function checkDemand({ limits, slots }: Pick<SlotDemand, "limits" | "slots">): readonly string[] {
  if (!Number.isInteger(slots) || slots < 1) throw usage(`slots are a whole number from 1, not ${slots}`);
  const names = [...new Set(limits)];
  if (names.length > maxNames) throw usage(`one demand names ${names.length} limits, and ${maxNames} are the most`);
  return names;
}

function checkLease(leaseMs: number): void {
  if (!Number.isFinite(leaseMs) || leaseMs <= 0) throw usage(`a lease lasts more than 0 ms, not ${leaseMs}`);
}

function usage(reason: string): MillraceError {
  return new MillraceError("USAGE", { reason, advice: "Correct the request." });
}
