/**
 * Calls of strangers that came to nothing, for the audit log. Whoever reaches the server can make as many as they like, so not each
 * has an entry: the first of an address and what it came with has, and those that follow within a minute are counted, and have
 * one together when the minute is over. There is a bound on how many are told apart in a minute, of one address and of all.
 */

import type { Access, NewAuditEntry } from "../../contract/access.ts";
import type { Clock } from "../../kit/clock.ts";

const minuteMs = 60_000;
/** Addresses, and what they came with, that are told apart in a minute. */
const maxKinds = 500;
/** Of what is beyond it. */
const manyAddresses = "*";
/** What one address came with that is told apart in a minute: names that are tried are anything. */
const maxKindsOfAddress = 10;

/** The same, whose audit log has what strangers did in few entries. */
export function withFewDenied(
  access: Access,
  options: { readonly clock: Clock; readonly onFailure: (error: unknown) => void },
): { readonly access: Access; readonly close: () => Promise<void> } {
  const denied = createDeniedCalls({ access, ...options });
  const isOfStranger = ({ accountId, outcome }: NewAuditEntry): boolean => accountId === null && outcome !== "done";
  return {
    access: {
      ...access,
      audit: (entry) => (isOfStranger(entry) ? denied.tell(entry) : access.audit(entry)),
    },
    close: () => denied.close(),
  };
}

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
  /** Told of counts that could not be kept. */
  readonly onFailure: (error: unknown) => void;
}): DeniedCalls {
  const { access, clock, onFailure } = options;
  const closing = new AbortController();
  /** By kind, those of this minute after the first. */
  let counted = new Map<string, Counted | null>();
  /** How many kinds an address has in this minute. */
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

  function count(kind: string, last: NewAuditEntry): void {
    counted.set(kind, { last, calls: (counted.get(kind)?.calls ?? 0) + 1 });
  }

  return {
    async tell(entry) {
      if (counted.size === 0) void clock.sleep(minuteMs, closing.signal).then(endMinute, () => undefined);
      const { address, means, accountName } = entry;
      const kind = JSON.stringify([address, means, accountName]);
      const kinds = kindsOf.get(address) ?? 0;
      if (counted.has(kind)) count(kind, entry);
      else if (kinds >= maxKindsOfAddress) count(address, { ...entry, accountName: null, means: null });
      else if (counted.size < maxKinds) {
        counted.set(kind, null);
        kindsOf.set(address, kinds + 1);
        await access.audit(entry);
      } else count(manyAddresses, { ...entry, address: manyAddresses, accountName: null, means: null });
    },
    async close() {
      closing.abort();
      await endMinute();
    },
  };
}
