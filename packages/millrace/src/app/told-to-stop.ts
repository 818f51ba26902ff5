const signals = ["SIGINT", "SIGTERM"] as const;

export interface StopRequest extends Disposable {
  /** Resolves when it is asked for. */
  readonly asked: Promise<void>;
  /** Calls back when it is asked for again. */
  onAgain(callback: () => void): void;
}

/** Heeds Ctrl-C and SIGTERM, and a signal of the program, until it is disposed. A third request ends the process. */
export function listenForStop(signal: AbortSignal | null = null): StopRequest {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const callbacks: (() => void)[] = [];
  let count = 0;
  const onSignal = (): void => {
    count++;
    if (count === 1) resolve();
    else if (count === 2) for (const callback of callbacks) callback();
    else process.exit(130);
  };
  const onAbort = (): void => resolve();
  for (const name of signals) process.on(name, onSignal);
  if (signal?.aborted === true) resolve();
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    asked,
    onAgain: (callback) => void callbacks.push(callback),
    [Symbol.dispose]() {
      for (const name of signals) process.removeListener(name, onSignal);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
