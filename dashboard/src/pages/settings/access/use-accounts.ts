import type { UseQueryResult } from "@tanstack/react-query";
import type { Account } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { readAll } from "./read-all.ts";

/** They change without an event, in ms. */
const everyMs = 5000;

/** All there are: a team's, and those of its machines. By their names. */
export function useAccounts(): UseQueryResult<readonly Account[]> {
  return useLive({ key: ["accounts"], read: () => readAll((page) => api.listAccounts(page)), everyMs });
}
