/** A ledger with an account of each role, each with a key, and what says who they are. */

import type { Access, Account, AccountRole } from "../../contract/access.ts";
import { accountRoles } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import { type Clock, systemClock } from "../../kit/clock.ts";
import { createAccess } from "../../service/access/create-access.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";

export interface WithAccounts {
  readonly api: Api;
  readonly access: Access;
  /** Named by their roles. */
  readonly accounts: Readonly<Record<AccountRole, Account>>;
  readonly keys: Readonly<Record<AccountRole, string>>;
  remove(): Promise<void>;
}

export async function makeAccounts({ clock = systemClock }: { readonly clock?: Clock } = {}): Promise<WithAccounts> {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const api = createService({ store, clock });
  const made = await Promise.all(
    accountRoles.map(async (role) => {
      const kind = role === "worker" ? "service" : "person";
      const account = await api.createAccount({ name: role, kind, role });
      const { text } = await api.createApiKey({ accountId: account.id, name: "test" });
      return { role, account, text };
    }),
  );
  return {
    api,
    access: createAccess({ access: store.access, clock }),
    accounts: Object.fromEntries(made.map(({ role, account }) => [role, account])) as WithAccounts["accounts"],
    keys: Object.fromEntries(made.map(({ role, text }) => [role, text])) as WithAccounts["keys"],
    async remove() {
      await store.close();
      await ledger.remove();
    },
  };
}
