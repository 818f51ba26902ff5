/** Accounts with keys, and what they did: for a server that is started with access control over the ledger. */

import type { Account, NewAuditEntry } from "../../../packages/millrace/src/contract/access.ts";
import { hashPassword } from "../../../packages/millrace/src/service/access/password.ts";
import type { SeedLedger } from "./seed-ledger.ts";

/** Of each person that has one. */
export const seedPassword = "correct horse battery";

const minute = 60_000;
const day = 24 * 60 * minute;

export interface SeededAccount extends Pick<Account, "name" | "kind" | "role"> {
  readonly isDisabled?: boolean;
  /** With an ago of the last use, and an ago of the end that is negative for one to come. In ms. */
  readonly keys?: readonly {
    readonly name: string;
    readonly usedAgoMs?: number;
    readonly expiredAgoMs?: number;
  }[];
}

/** Ids that follow from the names: no two ledgers differ, nor do two pictures. */
export async function addAccounts(
  { store, id, now }: SeedLedger,
  accounts: readonly SeededAccount[],
): Promise<readonly string[]> {
  const passwordHash = await hashPassword(seedPassword);
  const ids: string[] = [];
  for (const { name, kind, role, isDisabled = false, keys = [] } of accounts) {
    const accountId = id(`account ${name}`);
    ids.push(accountId);
    await store.access.insertAccount({
      id: accountId,
      name,
      kind,
      role,
      isDisabled,
      createdAt: now - 30 * day,
      updatedAt: now - 3 * day,
      revision: 1,
      passwordHash: kind === "person" ? passwordHash : null,
    });
    for (const key of keys) {
      const keyId = id(`key ${name} ${key.name}`);
      await store.access.insertApiKey({
        id: keyId,
        accountId,
        name: key.name,
        start: `mr_…${keyId.slice(-6)}`,
        // Of no key that there is: nobody comes in by it.
        digest: "0".repeat(64),
        createdAt: now - 20 * day,
        usedAt: key.usedAgoMs === undefined ? null : now - key.usedAgoMs,
        expiresAt: key.expiredAgoMs === undefined ? null : now - key.expiredAgoMs,
      });
    }
  }
  return ids;
}

export function addAudit({ store }: Pick<SeedLedger, "store">, entries: readonly NewAuditEntry[]): Promise<void> {
  return store.access.insertAuditEntries(entries);
}
