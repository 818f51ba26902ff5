/** What the page of a run shows, as it stands in the address. */

export const runTabs = ["timeline", "graph", "logs", "tasks", "artifacts", "history", "details"] as const;
export type RunTab = (typeof runTabs)[number];

export interface RunSearch {
  /** Default: the timeline. */
  readonly tab?: RunTab;
  /** The task run that is chosen. */
  readonly task?: string;
  /** Everything else is a tab's own. */
  readonly [name: string]: unknown;
}

export function readRunSearch(given: Readonly<Record<string, unknown>>): RunSearch {
  const { tab, task, ...rest } = given;
  return {
    ...rest,
    ...(runTabs.includes(tab as RunTab) ? { tab: tab as RunTab } : {}),
    ...(typeof task === "string" ? { task } : {}),
  };
}
