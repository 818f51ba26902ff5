/** Waiting for several futures at once. */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { TaskFuture } from "../contract/runtime.ts";
import { type Duration, formatDuration, toMs } from "../kit/duration.ts";
import { currentClock } from "./recorded-step.ts";

/** A future that has ended, and its place among those given. In an object, since a loop would await a bare future. */
export interface EndedFuture<Future extends TaskFuture = TaskFuture> {
  readonly future: Future;
  readonly index: number;
}

/**
 * The futures in the order in which they end, failed ones too. The timeout counts from the first step of the loop.
 *
 * @example for await (const { future } of asCompleted(train.map(seeds))) logger().info(`score ${(await future).score}`);
 * @throws TIMED_OUT when `timeout` passes before all of them have ended
 */
export async function* asCompleted<Future extends TaskFuture>(
  futures: Iterable<Future>,
  options: { readonly timeout?: Duration } = {},
): AsyncGenerator<EndedFuture<Future>, void> {
  const started = [...futures];
  const ended: EndedFuture<Future>[] = [];
  let wake = Promise.withResolvers<void>();
  for (const [index, future] of started.entries()) {
    const onEnd = (): void => {
      ended.push({ future, index });
      wake.resolve();
    };
    future.wait().then(onEnd, onEnd);
  }
  const timer = options.timeout === undefined ? null : startTimer(toMs(options.timeout));
  try {
    for (let given = 0; given < started.length; given++) {
      while (ended.length === given) {
        wake = Promise.withResolvers();
        await (timer === null ? wake.promise : Promise.race([wake.promise, timer.rejects]));
      }
      yield ended[given] as EndedFuture<Future>;
    }
  } finally {
    timer?.stop();
  }
}

/** A promise that rejects with TIMED_OUT after a time, unless it is stopped. */
function startTimer(ms: number): { readonly rejects: Promise<never>; stop(): void } {
  const controller = new AbortController();
  const rejects = currentClock()
    .sleep(ms, controller.signal)
    .then(
      () => {
        throw new MillraceError("TIMED_OUT", { kind: "Wait", name: "asCompleted()", timeout: formatDuration(ms) });
      },
      () => new Promise<never>(() => undefined),
    );
  rejects.catch(() => undefined);
  return { rejects, stop: () => controller.abort() };
}

/**
 * Waits until all futures have ended, or the timeout has passed; never rejects for what a task threw.
 *
 * @returns the futures that have ended, failed ones too, and those that have not; each in the order given
 */
export async function waitAll<Future extends TaskFuture>(
  futures: Iterable<Future>,
  options: { readonly timeout?: Duration } = {},
): Promise<{ readonly done: readonly Future[]; readonly notDone: readonly Future[] }> {
  const started = [...futures];
  const { timeout } = options;
  const limit = timeout === undefined ? {} : { timeoutMs: toMs(timeout) };
  const hasEnded = await Promise.all(
    started.map((future) =>
      future.wait(limit).then(
        () => true,
        (error: unknown) => {
          if (isMillraceError(error, "TIMED_OUT")) return false;
          throw error;
        },
      ),
    ),
  );
  return { done: started.filter((_, at) => hasEnded[at]), notDone: started.filter((_, at) => !hasEnded[at]) };
}
