import type { Clock } from "../kit/clock.ts";
import type { Random } from "../kit/random.ts";

export interface LoopOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Between the end of a tick and the next, in ms; up to a fifth more at random, so that several servers do not meet. */
  readonly everyMs: number;
  readonly tick: () => Promise<unknown>;
  /** Told of a tick that failed. The next one comes as if it had not. */
  readonly onFailure: (error: unknown) => void;
}

export interface Loop {
  /** Resolves when the tick under way has ended. */
  stop(): Promise<void>;
}

/** How much longer a pause may be, as a part of it. */
const jitter = 0.2;

/** Does something again and again, the first time at once. */
export function startLoop({ clock, random, everyMs, tick, onFailure }: LoopOptions): Loop {
  const stopping = new AbortController();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await tick();
      } catch (error) {
        onFailure(error);
      }
      await clock.sleep(everyMs * (1 + jitter * random()), stopping.signal).catch(() => undefined);
    }
  }

  const ended = loop();
  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}
