/** A process that `millrace dev` starts and keeps, from within: it starts, tells so, and ends when it is told to. */

import { systemClock as clock } from "../../kit/clock.ts";
import type { FromKeptProcess, ToKeptProcess } from "./messages.ts";
import { toSentError } from "./sent-error.ts";

/** A process whose starter is gone ends within this time, in ms. */
const lastWordsMs = 5000;

export interface Kept<Ready> {
  readonly ready: Ready;
  /** Called again: at once. */
  stop(): Promise<void>;
}

/**
 * Obeys the process that has started this one. Ctrl-C of a terminal reaches all of them, and is for the first one to heed,
 * which ends the others in order. When that one is gone, this one ends by itself.
 *
 * @param outliveMs how long it goes on then, for the others to have their say
 */
export function obeyStarter<Options, Ready, Report = never>(
  start: (options: Options, report: (report: Report) => void) => Promise<Kept<Ready>>,
  { outliveMs = 0 }: { readonly outliveMs?: number } = {},
): void {
  const tell = (message: FromKeptProcess<Ready, Report>, then?: () => void): void => {
    if (process.connected) process.send?.(message, undefined, undefined, then);
    else then?.();
  };
  let starting: Promise<Kept<Ready>> | null = null;

  async function stop(): Promise<void> {
    const kept = await starting?.catch(() => null);
    await kept?.stop().catch(() => undefined);
    process.exit(0);
  }

  function obey(message: ToKeptProcess<Options>): void {
    switch (message.kind) {
      case "start":
        starting = start(message.options, (report) => tell({ kind: "report", report }));
        starting.then(
          ({ ready }) => tell({ kind: "ready", ready }),
          (error: unknown) => tell({ kind: "failed", error: toSentError(error) }, () => process.exit(1)),
        );
        return;
      case "stop":
        void stop();
    }
  }

  process.on("message", (message) => obey(message as ToKeptProcess<Options>));
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => void stop());
  process.on("disconnect", () => {
    clock.setTimer(lastWordsMs, () => process.exit(1));
    clock.setTimer(outliveMs, () => {
      void stop();
      void stop();
    });
  });
}
