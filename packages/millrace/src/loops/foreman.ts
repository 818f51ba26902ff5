/** Notices workers that are gone, and what is no longer served without them. */

import type { Api } from "../contract/api.ts";

export interface ForemanLoop {
  /** Of how many pools, queues and deployments it has told. Several servers may do it at once: each change is told once. */
  readonly tick: () => Promise<number>;
}

export function createForemanLoop({ api }: { readonly api: Pick<Api, "tellReadiness"> }): ForemanLoop {
  return { tick: () => api.tellReadiness() };
}
