/** What has gone wrong in every way there is, several times over. */

import { anError, type RunSpec, type TaskSpec } from "./run-spec.ts";
import type { SeedLedger } from "./seed-ledger.ts";

const minute = 60_000;

export async function fillBroken(ledger: SeedLedger): Promise<void> {
  await ledger.addRuns(makeBroken());
}

function* makeBroken(): Iterable<RunSpec> {
  for (let index = 0; index < 24; index++) {
    const agoMs = (index * 17 + 3) * minute;
    const name = (what: string): string => `${what}-${index + 1}`;
    const error = anError("Error", `order ${1000 + index} has no address`, [
      "flows/ship.ts:77:13",
      "flows/ship.ts:20:3",
    ]);
    yield {
      flow: "ship-orders",
      name: name("failed"),
      agoMs,
      tookMs: 9000,
      state: "Failed",
      message: error.message,
      error,
      tasks: makeTasks(index),
      logs: [
        { atMs: 10, message: "3 orders" },
        { atMs: 8000, level: "error", task: "address", message: error.stack ?? "" },
      ],
    };
    yield {
      flow: "ship-orders",
      name: name("crashed"),
      agoMs: agoMs + 40_000,
      tookMs: 2500,
      state: "Crashed",
      message: "The process that executed it has died (out of memory)",
    };
    yield {
      flow: "count-stock",
      name: name("timed-out"),
      agoMs: agoMs + 80_000,
      tookMs: 600_000,
      state: "TimedOut",
      message: "It took longer than 10 min",
      error: anError("Error", "It took longer than 10 min"),
    };
    yield { flow: "count-stock", name: name("late"), agoMs: agoMs + 120_000, state: "Late" };
    // Its process is there, and it has said nothing for days.
    yield {
      flow: "count-stock",
      name: name("stuck"),
      agoMs: agoMs + 5 * 24 * 60 * minute,
      state: "Running",
      tasks: [{ task: "count", fromMs: 100, tookMs: 0, state: "Running" }],
    };
    yield {
      flow: "ship-orders",
      name: name("cancelled"),
      agoMs: agoMs + 200_000,
      tookMs: 700,
      state: "Cancelled",
      message: "Cancelled by Ada",
    };
  }
}

function* makeTasks(index: number): Iterable<TaskSpec> {
  const error = anError("Error", `order ${1000 + index} has no address`, ["flows/ship.ts:77:13"]);
  yield { task: "orders", fromMs: 20, tookMs: 2000, state: "Completed", attempts: 3 };
  yield {
    task: "address",
    fromMs: 4100,
    tookMs: 4000,
    state: "Failed",
    attempts: 4,
    error,
    message: error.message,
    after: ["orders"],
  };
  yield {
    task: "label",
    fromMs: 8100,
    tookMs: 1,
    state: "NotReady",
    after: ["address"],
    reasonDetail: "its input `address` ended Failed",
  };
}
