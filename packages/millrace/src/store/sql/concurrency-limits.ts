/**
 * Limits whose slots are taken and given back. Rows are locked before they are read: first the lease, then its limits in the
 * order of their ids, so that no two writers wait for each other.
 */

import type { ConcurrencyLimit, SlotLease } from "../../contract/objects.ts";
import type { LeaseEnd, LimitChange } from "../../contract/store.ts";
import { isOneOfIds, isOneOfTexts } from "./conditions.ts";
import type { SqlDatabase, Steps } from "./database.ts";
import { type Fragment, sql, table, uuid } from "./fragment.ts";
import { selectObjects, toInsertion, toObjects, toReplacement } from "./objects.ts";
import { isUuid } from "./uuid.ts";

export function changeLimits<T>(
  db: SqlDatabase,
  {
    names,
    decide,
    leaseId,
  }: {
    readonly names: readonly string[];
    readonly decide: (limits: readonly ConcurrencyLimit[], lease: SlotLease | null) => LimitChange<T>;
    readonly leaseId: string | undefined;
  },
): Promise<T> {
  return db.runSteps(function* () {
    const limits = yield* lockLimits(db, isOneOfTexts("name", names));
    const { changed, lease, outcome } = decide(limits, leaseId === undefined ? null : yield* readLease(leaseId));
    for (const limit of changed) yield toReplacement("concurrency-limit", limit);
    if (lease !== null) yield toInsertion("slot-lease", lease);
    return outcome;
  });
}

export async function renewSlotLease(db: SqlDatabase, id: string, expiresAt: number): Promise<boolean> {
  if (!isUuid(id)) return false;
  const [renewed] = await db.run(
    sql`update ${table("slot_lease")} set expires_at = ${expiresAt}, revision = revision + 1 where id = ${uuid(id)}`,
  );
  return renewed === 1;
}

export async function endSlotLease(db: SqlDatabase, { id, expiredAt, settle }: LeaseEnd): Promise<boolean> {
  if (!isUuid(id)) return false;
  const isEnding = expiredAt === undefined ? sql`` : sql`and expires_at <= ${expiredAt}`;
  return db.runSteps(function* () {
    const rows = yield sql`${selectObjects("slot-lease")} where id = ${uuid(id)} ${isEnding} ${db.forUpdate}`;
    const [lease] = toObjects("slot-lease", rows);
    if (lease === undefined) return false;
    const limits = yield* lockLimits(db, isOneOfIds("id", lease.limitIds));
    for (const limit of settle(lease, limits)) yield toReplacement("concurrency-limit", limit);
    yield sql`delete from ${table("slot_lease")} where id = ${uuid(id)}`;
    return true;
  });
}

/** After its limits were locked: who takes slots with one id twice is seen by the second. */
function* readLease(id: string): Steps<SlotLease | null> {
  if (!isUuid(id)) return null;
  const rows = yield sql`${selectObjects("slot-lease")} where id = ${uuid(id)}`;
  return toObjects("slot-lease", rows)[0] ?? null;
}

function* lockLimits(db: SqlDatabase, which: Fragment): Steps<readonly ConcurrencyLimit[]> {
  const rows = yield sql`${selectObjects("concurrency-limit")} where ${which} order by id ${db.forUpdate}`;
  return toObjects("concurrency-limit", rows);
}
