import { currentClock, recordedStep } from "./recorded-step.ts";

/**
 * Waits until a time. The wait is a step of the run; a resumed run waits for the rest of it, or goes on when it is over.
 *
 * @example await waitUntil(new Date("2026-12-24T18:00:00Z"));
 * @param time a Date, or ms since the epoch
 * @throws RangeError for what is no time
 */
export async function waitUntil(time: Date | number, options: { readonly key?: string } = {}): Promise<void> {
  const due = new Date(time);
  if (Number.isNaN(due.getTime()))
    throw new RangeError(`waitUntil() needs a Date or a time in ms since the epoch, not ${String(time)}`);
  const subject = due.toISOString();
  await recordedStep({
    kind: "wait",
    name: "wait-until",
    key: options.key ?? subject,
    preview: subject,
    wakesAt: () => due.getTime(),
    async run({ signal }) {
      const clock = currentClock();
      await clock.sleep(Math.max(0, due.getTime() - clock.now()), signal);
    },
  });
}
