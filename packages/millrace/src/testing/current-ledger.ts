/** Which ledger this process writes to: the newest that is open, else the one it had before. */

import { type Runtime, type RuntimeSlot, runtimeSlot } from "../contract/runtime.ts";

export interface LedgerSeat {
  /** What `serve()` and `deploy()` do meanwhile. Absent: what they did before. */
  readonly loadServing?: RuntimeSlot["loadServing"];
  /** The runtime of the ledger now: another after its process has died. */
  runtime: Runtime;
}

/** Newest last. */
const seats: LedgerSeat[] = [];
let before: Pick<RuntimeSlot, "runtime" | "loadServing"> = { runtime: undefined, loadServing: undefined };

export function takeSeat(seat: LedgerSeat): void {
  const { runtime, loadServing } = runtimeSlot();
  if (seats.length === 0) before = { runtime, loadServing };
  seats.push(seat);
  update();
}

export function leaveSeat(seat: LedgerSeat): void {
  const index = seats.indexOf(seat);
  if (index === -1) return;
  seats.splice(index, 1);
  update();
}

export function changeRuntime(seat: LedgerSeat, runtime: Runtime): void {
  seat.runtime = runtime;
  update();
}

function update(): void {
  const { runtime, loadServing = before.loadServing } = seats.at(-1) ?? before;
  Object.assign(runtimeSlot(), { runtime, loadServing });
}
