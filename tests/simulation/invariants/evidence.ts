import type { Rows } from "../../chaos/rows.ts";
import type { Schedule } from "../../../packages/millrace/src/contract/objects.ts";
import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import type { Order } from "../scenario/orders.ts";
import type { Scenario } from "../scenario/draw-scenario.ts";
import type { Effect } from "../world/effects.ts";
import type { History } from "../world/history.ts";

/** All that an invariant may look at, when everything has ended. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly history: History;
  /** What the bodies did, as they told it themselves, in order. */
  readonly effects: readonly Effect[];
  /** What the ledger holds, by bare SQL. */
  readonly rows: Rows;
  /** The same, by the product's own code. */
  readonly runs: readonly FlowRun[];
  readonly schedules: readonly Schedule[];
  /** The events to which an automation reacts. */
  readonly orders: readonly Order[];
  /** True time, in ms since the epoch. */
  readonly now: number;
}

/** Says what is violated, a line each; nothing when the invariant holds. */
export type Invariant = (evidence: Evidence) => readonly string[];
