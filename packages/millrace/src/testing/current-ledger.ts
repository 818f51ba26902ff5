/** Which ledger this process writes to: the newest that is open, else the one it had before. */

import { type Runtime, runtimeSlot } from "../contract/runtime.ts";

export interface LedgerSeat {
  /** The runtime of the ledger now: another after its process has died. */
  runtime: Runtime;
}

/** Newest last. */
const seats: LedgerSeat[] = [];
let before: Runtime | undefined;

export function takeSeat(seat: LedgerSeat): void {
  if (seats.length === 0) before = runtimeSlot().runtime;
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
  runtimeSlot().runtime = seats.length === 0 ? before : seats.at(-1)?.runtime;
}
