import type { UseQueryResult } from "@tanstack/react-query";
import type { Account, Page } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";

/** They change without an event, in ms. */
const everyMs = 5000;
const pageSize = 1000;

/** All there are: a team's, and those of its machines. By their names. */
export function useAccounts(): UseQueryResult<readonly Account[]> {
  return useLive({ key: ["accounts"], read: readAll, everyMs });
}

async function readAll(): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Account> = await api.listAccounts({ limit: pageSize, cursor });
    accounts.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return accounts;
}
