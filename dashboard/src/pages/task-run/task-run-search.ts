/** What the page of a task run shows, as it stands in the address. */

export const taskRunTabs = ["summary", "logs", "artifacts", "history"] as const;
export type TaskRunTab = (typeof taskRunTabs)[number];

export interface TaskRunSearch {
  /** Default: the summary. */
  readonly tab?: TaskRunTab;
  /** Everything else is a tab's own. */
  readonly [name: string]: unknown;
}

export function readTaskRunSearch(given: Readonly<Record<string, unknown>>): TaskRunSearch {
  const { tab, ...rest } = given;
  return { ...rest, ...(taskRunTabs.includes(tab as TaskRunTab) ? { tab: tab as TaskRunTab } : {}) };
}
