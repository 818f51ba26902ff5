/** What the page of a pool shows, as it stands in the address. */

import { textOf, wordOf } from "../../app/search-words.ts";

export const poolTabs = ["runs", "queues", "workers", "template", "details"] as const;
export type PoolTab = (typeof poolTabs)[number];

export interface PoolSearch {
  /** Default: the runs. */
  readonly tab?: PoolTab;
  /** The queue that is chosen, by its name. */
  readonly queue?: string;
}

export function readPoolSearch(given: Readonly<Record<string, unknown>>): PoolSearch {
  return { ...wordOf(given, "tab", poolTabs), ...textOf(given, "queue") };
}

export function readPoolsSearch(given: Readonly<Record<string, unknown>>): { readonly q?: string } {
  return textOf(given, "q");
}
