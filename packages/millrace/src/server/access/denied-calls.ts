/**
 * Calls that came to nothing, for the audit log: of strangers, and of accounts that may not. Whoever reaches the server can make as many
 * as they like, so not each has an entry: the first of its kind has, and those that follow within a minute are counted, and have
 * one together when the minute is over. There is a bound on how many kinds are told apart in a minute, of one and of all. What an
 * account has done, or tried and may do, has an entry each.
 *
 *   of a stranger: by address (of IPv6 by network) and what it came with
 *   of an account: by account, run and call
 */

import type { Access, NewAuditEntry } from "../../contract/access.ts";
import { networkOf } from "../../kit/client-network.ts";
import type { Clock } from "../../kit/clock.ts";

const minuteMs = 60_000;
/** Kinds that are told apart in a minute, of all strangers and of all accounts. */
const maxKinds = 500;
/** Of what is beyond it. */
const many = "*";
/** What one address came with that is told apart in a minute: names that are tried are anything. */
const maxKindsOfAddress = 10;
/** Calls of an account that are told apart in a minute. */
const maxKindsOfAccount = 20;

/** The same, whose audit log has what was denied in few entries. */
export function withFewDenied(
  access: Access,
  { clock, onFailure }: { readonly clock: Clock; readonly onFailure: (error: unknown) => void },
): { readonly access: Access; readonly close: () => Promise<void> } {
  const ofStrangers = createDeniedCalls({ access, clock, onFailure, sorting: byAddress });
  const ofAccounts = createDeniedCalls({ access, clock, onFailure, sorting: byAccount });
  return {
    access: {
      ...access,
      audit(entry) {
        if (entry.accountId === null) return entry.outcome === "done" ? access.audit(entry) : ofStrangers.tell(entry);
        return entry.outcome === "denied" ? ofAccounts.tell(entry) : access.audit(entry);
      },
    },
    async close() {
      await Promise.all([ofStrangers.close(), ofAccounts.close()]);
    },
  };
}

/** Which calls are one kind, and what is told of those of too many. */
interface Sorting {
  /** Whose it is. */
  readonly whose: (entry: NewAuditEntry) => string;
  /** What its calls are told apart by. */
  readonly kind: (entry: NewAuditEntry) => readonly (string | null)[];
  readonly maxOfOne: number;
  /** The entry of calls of several kinds. */
  readonly ofSeveral: (entry: NewAuditEntry) => NewAuditEntry;
}

export const byAddress: Sorting = {
  whose: ({ address }) => networkOf(address),
  kind: ({ means, accountName }) => [means, accountName],
  maxOfOne: maxKindsOfAddress,
  ofSeveral: (entry) => ({ ...entry, accountName: null, means: null }),
};

export const byAccount: Sorting = {
  whose: ({ accountId }) => accountId ?? many,
  // The keys of runs are of the account of their worker, and their name says which run it is.
  kind: ({ accountName, action }) => [accountName, action],
  maxOfOne: maxKindsOfAccount,
  ofSeveral: (entry) => ({ ...entry, action: many, path: many }),
};

export interface DeniedCalls {
  /** Resolves when it is kept or counted. */
  tell(entry: NewAuditEntry): Promise<void>;
  /** Keeps what was counted. */
  close(): Promise<void>;
}

interface Counted {
  readonly last: NewAuditEntry;
  readonly calls: number;
}

export function createDeniedCalls(options: {
  readonly access: Pick<Access, "audit">;
  readonly clock: Clock;
  readonly sorting: Sorting;
  /** Told of counts that could not be kept. */
  readonly onFailure: (error: unknown) => void;
}): DeniedCalls {
  const { access, clock, sorting, onFailure } = options;
  const closing = new AbortController();
  /** By kind, those of this minute after the first. */
  let counted = new Map<string, Counted | null>();
  /** How many kinds somebody has in this minute. */
  let kindsOf = new Map<string, number>();

  async function endMinute(): Promise<void> {
    const ended = counted;
    counted = new Map();
    kindsOf = new Map();
    const kept = [...ended.values()].flatMap((each) =>
      each === null ? [] : [access.audit({ ...each.last, calls: each.calls }).catch(onFailure)],
    );
    await Promise.all(kept);
  }

  function count(kind: string, entry: NewAuditEntry): void {
    const before = counted.get(kind) ?? null;
    // Of several runs of an account none is named.
    const isOfOne = before === null || before.last.accountName === entry.accountName;
    const last = isOfOne ? entry : { ...entry, accountName: null };
    counted.set(kind, { last, calls: (before?.calls ?? 0) + 1 });
  }

  return {
    async tell(entry) {
      if (counted.size === 0) void clock.sleep(minuteMs, closing.signal).then(endMinute, () => undefined);
      const whose = sorting.whose(entry);
      const kind = JSON.stringify([whose, ...sorting.kind(entry)]);
      const kinds = kindsOf.get(whose) ?? 0;
      if (counted.has(kind)) count(kind, entry);
      else if (kinds >= sorting.maxOfOne) count(whose, sorting.ofSeveral(entry));
      else if (counted.size < maxKinds) {
        counted.set(kind, null);
        kindsOf.set(whose, kinds + 1);
        await access.audit(entry);
      } else count(many, toManys(sorting.ofSeveral(entry)));
    },
    async close() {
      closing.abort();
      await endMinute();
    },
  };
}

/** Of so many that nobody of them is named. */
function toManys(entry: NewAuditEntry): NewAuditEntry {
  return { ...entry, address: many, accountId: null, accountName: null, means: null, keyId: null };
}
