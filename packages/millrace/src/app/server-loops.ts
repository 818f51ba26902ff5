/** The loops that look after a ledger while a server runs. Several servers may run them on one ledger. */

import type { Api } from "../contract/api.ts";
import type { Clock } from "../kit/clock.ts";
import type { Random } from "../kit/random.ts";
import { createExpirePausesLoop } from "../loops/expire-pauses.ts";
import { createExpireSlotsLoop } from "../loops/expire-slots.ts";
import { createForemanLoop } from "../loops/foreman.ts";
import { createLatenessLoop } from "../loops/lateness.ts";
import { createSchedulerLoop } from "../loops/scheduler.ts";
import { createSettleCancellationsLoop } from "../loops/settle-cancellations.ts";
import { startLoop } from "../loops/start-loop.ts";

export interface ServerLoopsOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFailure: (failure: { readonly where: string; readonly error: unknown }) => void;
}

interface LoopEntry {
  /** For whoever is told that it failed. */
  readonly name: string;
  readonly everyMs: number;
  readonly tick: () => Promise<unknown>;
}

function loopTable({ api, clock, onFailure }: ServerLoopsOptions): readonly LoopEntry[] {
  const onBroken = (schedule: { readonly id: string }, error: unknown): void =>
    onFailure({ where: `schedule ${schedule.id}`, error });
  return [
    { name: "the end of leases", everyMs: 5000, tick: () => api.expireProcesses() },
    { name: "the scheduler", everyMs: 1000, tick: createSchedulerLoop({ api, clock, onBroken }).tick },
    { name: "late runs", everyMs: 5000, tick: createLatenessLoop({ api, clock }).tick },
    { name: "pauses that are over", everyMs: 2000, tick: createExpirePausesLoop({ api, clock }).tick },
    { name: "cancellations", everyMs: 10_000, tick: createSettleCancellationsLoop({ api, clock }).tick },
    { name: "the end of slots", everyMs: 5000, tick: createExpireSlotsLoop({ api }).tick },
    { name: "the foreman", everyMs: 5000, tick: createForemanLoop({ api }).tick },
  ];
}

/** Stopping resolves when the ticks under way have ended. */
export function startServerLoops(options: ServerLoopsOptions): { stop(): Promise<void> } {
  const { clock, random, onFailure } = options;
  const loops = loopTable(options).map(({ name, everyMs, tick }) =>
    startLoop({ clock, random, everyMs, tick, onFailure: (error) => onFailure({ where: name, error }) }),
  );
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
