/** What the page of a deployment shows, as it stands in the address. */

export const deploymentTabs = ["runs", "upcoming", "schedules", "versions", "parameters", "details"] as const;
export type DeploymentTab = (typeof deploymentTabs)[number];

export interface DeploymentSearch {
  /** Default: runs. */
  readonly tab?: DeploymentTab;
  /** Numbers of the versions that are compared. Default: the newest with the one before it. */
  readonly from?: number;
  readonly to?: number;
}

export function readDeploymentSearch(given: Readonly<Record<string, unknown>>): DeploymentSearch {
  const { tab, from, to } = given;
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
  return {
    ...(deploymentTabs.includes(tab as DeploymentTab) ? { tab: tab as DeploymentTab } : {}),
    ...(isNumber(from) ? { from } : {}),
    ...(isNumber(to) ? { to } : {}),
  };
}
