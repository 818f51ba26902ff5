/**
 * Orders to tear down what a worker of Prefect started for a run that nobody confirmed as stopped. Each is a configuration in
 * the ledger, so that it outlives the server that made it, and any server can hand it to a worker that is connected there.
 *
 * An order's id is the `transitionId` of the CANCELLED state that it comes with. It is written before that state is, and stands
 * only while the run is in it: a run that has gone another way, or was started again, is not torn down.
 */

import type { Condition } from "./query.ts";
import type { FlowRun } from "./flow-run.ts";
import type { NewObject } from "./objects.ts";

export interface TeardownOrder {
  readonly flowRunId: string;
  readonly workPoolId: string;
  /** Workers that serve it are asked first. */
  readonly workQueueId: string | null;
  /** How often it was handed to a worker. */
  readonly deliveries: number;
  /** Who has it, until when (ms UTC), and by which word it may speak of it. Null: whoever is there may have it. */
  readonly held: { readonly token: string; readonly consumerId: string; readonly until: number } | null;
  /** The workers it was handed to. */
  readonly triedBy: readonly string[];
}

const allNames = "teardown ";
const namesOf = (workPoolId: string): string => `${allNames}${workPoolId} `;

/** The order that comes with this state of the run; null for a run whose worker has started nothing, or that had none. */
export function toTeardownOrder(run: FlowRun, transitionId: string): NewObject<"configuration"> | null {
  const { id: flowRunId, workPoolId, workQueueId, extra } = run;
  if (workPoolId === null || extra.infrastructurePid == null) return null;
  const value: TeardownOrder = { flowRunId, workPoolId, workQueueId, deliveries: 0, held: null, triedBy: [] };
  return { id: transitionId, name: `${namesOf(workPoolId)}${transitionId}`, value };
}

/** All orders there are. */
export const anyTeardownOrder: Condition = { field: "name", startsWith: allNames };

export function teardownOrdersOf(workPoolIds: readonly string[]): Condition {
  return { any: workPoolIds.map((id) => ({ field: "name", startsWith: namesOf(id) })) };
}

/** Whether the run is in the very state that the order came with. */
export function stands(orderId: string, { state }: Pick<FlowRun, "state">): boolean {
  return state.type === "CANCELLED" && state.details?.transitionId === orderId;
}
