import type { Clock } from "../kit/clock.ts";
import type { Random } from "../kit/random.ts";
import type { Pulse } from "./pulse.ts";

export interface LoopOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Between the end of a tick and the next, in ms; up to a fifth more at random, so that several servers do not meet. */
  readonly everyMs: number;
  readonly tick: () => Promise<unknown>;
  /** Lets it rest longer while nothing is recorded. */
  readonly rest?: LoopRest;
  /** Told how long each tick took, in ms. */
  readonly onTick?: (tookMs: number) => void;
  /** Told of a tick that failed. The next one comes as if it had not. */
  readonly onFailure: (error: unknown) => void;
}

export interface LoopRest {
  readonly pulse: Pick<Pulse, "version" | "waitBeyond">;
  /**
   * Asked after a tick since whose beginning nothing was recorded: when the next one is needed all the same, in ms UTC; null:
   * not before something is recorded.
   */
  readonly findNext: () => Promise<number | null>;
}

/** How the ticks go, in ms UTC. */
export interface LoopState {
  /** Of the last one; null before the first. */
  readonly startedAt: number | null;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  /** When the next one is to come; null while one goes on, and while it rests until something is recorded. */
  readonly dueAt: number | null;
  /** By how much it is late by now, however the wall clock was set meanwhile, in ms. */
  readonly lagMs: number;
  /** That have ended, well or not. */
  readonly ticks: number;
  readonly failures: number;
  readonly lastFailure: { readonly at: number; readonly error: unknown } | null;
}

export interface Loop {
  readonly state: LoopState;
  /** The next tick comes at once. */
  wake(): void;
  /** Resolves when the tick under way has ended. */
  stop(): Promise<void>;
}

/** How much longer a pause may be, as a part of it. */
const jitter = 0.2;

/** Does something again and again, the first time at once. */
export function startLoop({ clock, random, everyMs, tick, rest, onTick, onFailure }: LoopOptions): Loop {
  const stopping = new AbortController();
  let nap: AbortController | null = null;
  let isWoken = false;
  let state: Omit<LoopState, "lagMs"> = {
    startedAt: null,
    endedAt: null,
    dueAt: null,
    ticks: 0,
    failures: 0,
    lastFailure: null,
  };
  /** When it is due by the monotonic clock. */
  let duePoint: number | null = null;

  function setDue(inMs: number | null): void {
    duePoint = inMs === null ? null : clock.monotonic() + inMs;
    state = { ...state, dueAt: inMs === null ? null : clock.now() + inMs };
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const seen = rest?.pulse.version ?? 0;
      isWoken = false;
      setDue(null);
      state = { ...state, startedAt: clock.now(), endedAt: null };
      const begunAt = clock.monotonic();
      const isDone = await attempt(tick);
      onTick?.(clock.monotonic() - begunAt);
      state = { ...state, endedAt: clock.now(), ticks: state.ticks + 1 };
      if (isWoken) continue;
      nap = new AbortController();
      const signal = AbortSignal.any([stopping.signal, nap.signal]);
      const napMs = everyMs * (1 + jitter * random());
      setDue(napMs);
      await clock.sleep(napMs, signal).catch(() => undefined);
      if (isDone && rest !== undefined && !signal.aborted) await restQuietly(rest, { seen, signal });
      nap = null;
    }
  }

  async function attempt(what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (error) {
      state = { ...state, failures: state.failures + 1, lastFailure: { at: clock.now(), error } };
      onFailure(error);
      return false;
    }
  }

  async function restQuietly(
    { pulse, findNext }: LoopRest,
    { seen, signal }: { readonly seen: number; readonly signal: AbortSignal },
  ): Promise<void> {
    if (pulse.version > seen) return;
    await attempt(async () => {
      const until = await findNext();
      setDue(until === null ? null : until - clock.now());
      await pulse.waitBeyond(seen, { until, signal });
    });
  }

  const ended = loop();
  return {
    get state() {
      return { ...state, lagMs: duePoint === null ? 0 : Math.max(0, clock.monotonic() - duePoint) };
    },
    wake() {
      isWoken = true;
      nap?.abort();
    },
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
