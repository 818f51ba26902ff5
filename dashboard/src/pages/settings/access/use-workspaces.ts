import type { UseQueryResult } from "@tanstack/react-query";
import type { Member, Page, Workspace } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";

/** They change without an event, in ms. */
const everyMs = 5000;
const pageSize = 1000;

/** All there are, by their names: those that are deleted too. */
export function useWorkspaces(): UseQueryResult<readonly Workspace[]> {
  return useLive({ key: ["workspaces"], read: () => readAll((page) => api.listWorkspaces(page)), everyMs });
}

/** By the names of the accounts. */
export function useMembers(workspaceId: string): UseQueryResult<readonly Member[]> {
  const read = () => readAll((page) => api.listMembers({ workspaceId }, page));
  return useLive({ key: ["members", workspaceId], read, everyMs });
}

async function readAll<T>(
  read: (page: { readonly limit: number; readonly cursor: string | null }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read({ limit: pageSize, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
