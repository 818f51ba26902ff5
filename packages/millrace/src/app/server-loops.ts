/** The loops that look after a ledger while a server runs. Several servers may run them on one ledger. */

import type { Api } from "../contract/api.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Store } from "../contract/store.ts";
import type { DiskSpace, LoopStatus } from "../contract/wire/server-description.ts";
import type { Clock } from "../kit/clock.ts";
import { createLetOthers, type LetOthers, lettingOthers } from "../kit/let-others.ts";
import type { Random } from "../kit/random.ts";
import { createAutomationsLoop } from "../loops/automations.ts";
import type { AddressCheck } from "../loops/automations/check-address.ts";
import { createExpirePausesLoop } from "../loops/expire-pauses.ts";
import { createExpireSlotsLoop } from "../loops/expire-slots.ts";
import { createForemanLoop } from "../loops/foreman.ts";
import { createLatenessLoop } from "../loops/lateness.ts";
import { createLowSpaceLoop } from "../loops/low-space.ts";
import { createRetentionLoop, type Retention } from "../loops/retention.ts";
import { createSchedulerLoop } from "../loops/scheduler.ts";
import { createSettleCancellationsLoop } from "../loops/settle-cancellations.ts";
import {
  findNextLate,
  findNextLease,
  findNextOfState,
  findNextReadiness,
  findNextSchedule,
  findNextSlotLease,
} from "../loops/next-look.ts";
import { createPulse } from "../loops/pulse.ts";
import { type Loop, type LoopState, startLoop } from "../loops/start-loop.ts";
import { zoneOf } from "../rules/schedules/zone.ts";
import { prefectTemplateVocabulary } from "../server/prefect/template-vocabulary.ts";

export interface ServerLoopsOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  /** Opens the blocks that automations notify people by. */
  readonly vault: Vault;
  /** Which addresses automations may send to. */
  readonly checkAddress?: AddressCheck;
  /** Where the dashboard is. */
  readonly uiUrl?: string;
  readonly retention: Retention;
  /** Where what is old is deleted and processes are looked for: no client has such calls. */
  readonly store: Pick<Store, "access" | "deleteEvents" | "deleteFlowRun" | "findProcesses">;
  /** How full the ledger's disk is; null where it is on none of this machine. */
  readonly readSpace: () => Promise<DiskSpace | null>;
  /** How long a run may be CANCELLING before it counts as stopped, in ms. */
  readonly cancelWithinMs: number;
  /** How long after its due time a run is late, and how long before it a schedule's run is made at most, in ms. */
  readonly lateAfterMs: number;
  readonly scheduleHorizonMs: number;
  /** The loops of a process take turns. Default: these alone. */
  readonly letOthers?: LetOthers;
  /** Beside those of a ledger. */
  readonly more?: readonly LoopEntry[];
  /** Told of each tick of a loop, and how long it took. */
  readonly onTick?: (tick: { readonly loop: string; readonly tookMs: number }) => void;
  readonly onFailure: (failure: { readonly where: string; readonly error: unknown }) => void;
}

export interface LoopEntry {
  /** For whoever is told that it failed. */
  readonly name: string;
  readonly everyMs: number;
  readonly tick: () => Promise<unknown>;
  /** When the next one is needed though nothing is recorded. Absent: after `everyMs`, for what it looks for is not told of. */
  readonly findNext?: () => Promise<number | null>;
  /** After the last tick. */
  readonly stop?: () => Promise<void>;
}

function loopTable(options: ServerLoopsOptions, letOthers: LetOthers): readonly LoopEntry[] {
  const { api, clock, vault, checkAddress, uiUrl, retention, store, onFailure } = options;
  const { cancelWithinMs, lateAfterMs, scheduleHorizonMs: horizonMs } = options;
  const onBroken = (schedule: { readonly id: string }, error: unknown): void =>
    onFailure({ where: `schedule ${schedule.id}`, error });
  const automations = createAutomationsLoop({
    api,
    clock,
    vault,
    ...(checkAddress === undefined ? {} : { checkAddress }),
    vocabulary: prefectTemplateVocabulary,
    ...(uiUrl === undefined ? {} : { uiUrl }),
    historyRetentionMs: retention.firingRetentionMs,
    onFailure: (error) => onFailure({ where: "automations", error }),
  });
  const pauses = createExpirePausesLoop({ api, clock });
  const cancellations = createSettleCancellationsLoop({ api, clock, cancelWithinMs });
  const slots = createExpireSlotsLoop({ api });
  const kept = createRetentionLoop({ api, store, clock, retention });
  const space = createLowSpaceLoop({ api, clock, readSpace: options.readSpace });
  const looks = { api, clock };
  return [
    {
      name: "automations",
      everyMs: 200,
      tick: () => automations.tick(),
      findNext: () => automations.findNext(),
      stop: () => automations.stop(),
    },
    {
      name: "the end of leases",
      everyMs: 5000,
      tick: () => api.expireProcesses(),
      findNext: () => findNextLease({ store, clock }),
    },
    {
      name: "the scheduler",
      everyMs: 1000,
      tick: createSchedulerLoop({
        api,
        clock,
        drop: (id) => store.deleteFlowRun(id, { isWaiting: true }),
        letOthers,
        horizonMs,
        onBroken,
      }).tick,
      findNext: () => findNextSchedule(looks),
    },
    {
      name: "late runs",
      everyMs: 5000,
      tick: createLatenessLoop({ api, clock, lateAfterMs }).tick,
      findNext: () => findNextLate(looks, lateAfterMs),
    },
    {
      name: "pauses that are over",
      everyMs: 2000,
      tick: () => pauses.tick(),
      findNext: () => findNextOfState(looks, "PAUSED"),
    },
    {
      name: "cancellations",
      everyMs: 10_000,
      tick: () => cancellations.tick(),
      findNext: () => findNextOfState(looks, "CANCELLING"),
    },
    {
      name: "the end of slots",
      everyMs: 5000,
      tick: () => slots.tick(),
      findNext: () => findNextSlotLease(looks),
    },
    {
      name: "the foreman",
      everyMs: 5000,
      tick: createForemanLoop({ api }).tick,
      findNext: () => findNextReadiness(looks),
    },
    { name: "space on the disk", everyMs: 30_000, tick: () => space.tick() },
    { name: "retention", everyMs: 60_000, tick: () => kept.tick() },
  ];
}

/** How often it is seen whether other processes have recorded something, in ms. What comes by this server wakes it at once. */
const pulseEveryMs = 1000;

export interface ServerLoops {
  readonly state: readonly LoopStatus[];
  /** Something may have been recorded. */
  wake(): void;
  /** Resolves when the ticks under way have ended. */
  stop(): Promise<void>;
}

interface NamedLoop extends Pick<Loop, "wake" | "stop"> {
  readStatus(): LoopStatus;
}

export function startServerLoops(given: ServerLoopsOptions): ServerLoops {
  // What Node reads for the first zone takes longer than all that a tick does.
  zoneOf("Europe/Berlin");
  // Requests come first: a database in this process answers without a pause.
  const { letOthers = createLetOthers(given.clock), more = [] } = given;
  const options = { ...given, api: lettingOthers(given.api, letOthers), store: lettingOthers(given.store, letOthers) };
  const { api, clock, random, onTick, onFailure } = options;
  const pulse = createPulse({ api, clock });
  const start = ({ name, everyMs, tick, findNext, stop = async () => undefined }: LoopEntry): NamedLoop => {
    const onTickFailure = (error: unknown): void => onFailure({ where: name, error });
    const rest = findNext === undefined ? {} : { rest: { pulse, findNext } };
    const told = onTick === undefined ? {} : { onTick: (tookMs: number) => onTick({ loop: name, tookMs }) };
    const loop = startLoop({ clock, random, everyMs, tick, ...rest, ...told, onFailure: onTickFailure });
    return {
      wake: () => loop.wake(),
      stop: () => loop.stop().then(stop).catch(onTickFailure),
      readStatus: () => toStatus({ name, everyMs, state: loop.state }),
    };
  };
  const beating = start({ name: "the pulse", everyMs: pulseEveryMs, tick: () => pulse.beat() });
  const loops = [...loopTable(options, letOthers), ...more].map(start);
  return {
    get state() {
      return [beating, ...loops].map((loop) => loop.readStatus());
    },
    wake() {
      if (pulse.isAwaited) beating.wake();
    },
    async stop() {
      await Promise.all([beating, ...loops].map((loop) => loop.stop()));
    },
  };
}

/** What is told of an error, in characters. */
const maxMessageLength = 500;

function toStatus(loop: { readonly name: string; readonly everyMs: number; readonly state: LoopState }): LoopStatus {
  const { name, everyMs, state } = loop;
  const { startedAt, endedAt, lagMs, ticks, failures, lastFailure } = state;
  return {
    name,
    everyMs,
    startedAt,
    endedAt,
    lagMs,
    ticks,
    failures,
    lastError:
      lastFailure === null
        ? null
        : { at: lastFailure.at, message: messageOf(lastFailure.error).slice(0, maxMessageLength) },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
