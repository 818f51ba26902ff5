/** Events that people tell of, to each of which an automation reacts with a run. */

import type { Store } from "../../../packages/millrace/src/contract/store.ts";

export const orderPlaced = "order.placed";

export interface Order {
  /** Of the event. */
  readonly id: string;
  /** The automation tried, and told that it failed: what the ledger refuses for good is not tried again. */
  readonly isGivenUp: boolean;
}

/** All that were placed. */
export async function readOrders(store: Store): Promise<readonly Order[]> {
  const { items: events } = await store.findEvents({ names: [orderPlaced] }, { limit: 1000 });
  if (events.length === 0) return [];
  const { items: firings } = await store.findObjects("automation-firing", { where: { all: [] } }, { limit: 1000 });
  const givenUp = new Set(firings.filter(hasFailed).map(({ firing }) => eventOf(firing)));
  return events.map(({ id }) => ({ id, isGivenUp: givenUp.has(id) }));
}

function hasFailed({ outcomes }: { readonly outcomes?: readonly unknown[] }): boolean {
  return (outcomes ?? []).some((outcome) => (outcome as { readonly status?: unknown }).status === "failed");
}

function eventOf(firing: unknown): string | undefined {
  return (firing as { readonly event?: { readonly id?: string } }).event?.id;
}
