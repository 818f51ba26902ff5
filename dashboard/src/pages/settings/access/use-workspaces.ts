import type { UseQueryResult } from "@tanstack/react-query";
import type { Member, Workspace } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { readAll } from "./read-all.ts";

/** They change without an event, in ms. */
const everyMs = 5000;

/** All there are, by their names: those that are deleted too. */
export function useWorkspaces(): UseQueryResult<readonly Workspace[]> {
  return useLive({ key: ["workspaces"], read: () => readAll((page) => api.listWorkspaces(page)), everyMs });
}

/** By the names of the accounts. */
export function useMembers(workspaceId: string): UseQueryResult<readonly Member[]> {
  const read = () => readAll((page) => api.listMembers({ workspaceId }, page));
  return useLive({ key: ["members", workspaceId], read, everyMs });
}
