/** The loops that look after a ledger while a server runs. Several servers may run them on one ledger. */

import type { Api } from "../contract/api.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Clock } from "../kit/clock.ts";
import type { Random } from "../kit/random.ts";
import { createAutomationsLoop } from "../loops/automations.ts";
import { createExpirePausesLoop } from "../loops/expire-pauses.ts";
import { createExpireSlotsLoop } from "../loops/expire-slots.ts";
import { createForemanLoop } from "../loops/foreman.ts";
import { createLatenessLoop } from "../loops/lateness.ts";
import { createSchedulerLoop } from "../loops/scheduler.ts";
import { createSettleCancellationsLoop } from "../loops/settle-cancellations.ts";
import { startLoop } from "../loops/start-loop.ts";
import { prefectTemplateVocabulary } from "../server/prefect/template-vocabulary.ts";

export interface ServerLoopsOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  /** Opens the blocks that automations notify people by. */
  readonly vault: Vault;
  /** Where the dashboard is. */
  readonly uiUrl?: string;
  readonly onFailure: (failure: { readonly where: string; readonly error: unknown }) => void;
}

interface LoopEntry {
  /** For whoever is told that it failed. */
  readonly name: string;
  readonly everyMs: number;
  readonly tick: () => Promise<unknown>;
  /** After the last tick. */
  readonly stop?: () => Promise<void>;
}

function loopTable({ api, clock, vault, uiUrl, onFailure }: ServerLoopsOptions): readonly LoopEntry[] {
  const onBroken = (schedule: { readonly id: string }, error: unknown): void =>
    onFailure({ where: `schedule ${schedule.id}`, error });
  const automations = createAutomationsLoop({
    api,
    clock,
    vault,
    vocabulary: prefectTemplateVocabulary,
    ...(uiUrl === undefined ? {} : { uiUrl }),
    onFailure: (error) => onFailure({ where: "automations", error }),
  });
  const pauses = createExpirePausesLoop({ api, clock });
  const cancellations = createSettleCancellationsLoop({ api, clock });
  const slots = createExpireSlotsLoop({ api });
  return [
    { name: "automations", everyMs: 200, tick: () => automations.tick(), stop: () => automations.stop() },
    { name: "the end of leases", everyMs: 5000, tick: () => api.expireProcesses() },
    { name: "the scheduler", everyMs: 1000, tick: createSchedulerLoop({ api, clock, onBroken }).tick },
    { name: "late runs", everyMs: 5000, tick: createLatenessLoop({ api, clock }).tick },
    { name: "pauses that are over", everyMs: 2000, tick: () => pauses.tick() },
    { name: "cancellations", everyMs: 10_000, tick: () => cancellations.tick() },
    { name: "the end of slots", everyMs: 5000, tick: () => slots.tick() },
    { name: "the foreman", everyMs: 5000, tick: createForemanLoop({ api }).tick },
  ];
}

/** Stopping resolves when the ticks under way have ended. */
export function startServerLoops(options: ServerLoopsOptions): { stop(): Promise<void> } {
  const { clock, random, onFailure } = options;
  const loops = loopTable(options).map(({ name, everyMs, tick, stop = async () => undefined }) => {
    const onTickFailure = (error: unknown): void => onFailure({ where: name, error });
    const loop = startLoop({ clock, random, everyMs, tick, onFailure: onTickFailure });
    return { stop: () => loop.stop().then(stop).catch(onTickFailure) };
  });
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
