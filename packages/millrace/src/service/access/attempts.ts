/**
 * Failed attempts to come in, by address and by the name that was tried: beyond a number of them nothing is looked at any more
 * until the first ones are long ago. In the memory of this process, and bounded.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";

/** In which attempts are counted, in ms. */
const windowMs = 5 * 60_000;
const maxOfName = 10;
const maxOfAddress = 50;
/** Beyond it the oldest are forgotten. */
const maxKnown = 10_000;

export interface Attempts {
  /** @throws ATTEMPTS_EXCEEDED */
  check(whose: { readonly from: string; readonly name?: string }): void;
  fail(whose: { readonly from: string; readonly name?: string }): void;
  /** Those of a name are forgotten once it has come in. */
  succeed(name: string): void;
}

export function createAttempts(clock: Clock): Attempts {
  const failures = new Map<string, number[]>();

  const recent = (key: string): number[] => {
    const after = clock.monotonic() - windowMs;
    return (failures.get(key) ?? []).filter((at) => at > after);
  };
  const keys = ({
    from,
    name,
  }: {
    readonly from: string;
    readonly name?: string;
  }): readonly (readonly [string, number])[] => [
    [`from ${from}`, maxOfAddress],
    ...(name === undefined ? [] : [[`name ${name}`, maxOfName] as const]),
  ];

  return {
    check(whose) {
      for (const [key, max] of keys(whose)) {
        const [first = 0, ...others] = recent(key);
        if (others.length + 1 < max) continue;
        const waitMs = Math.max(1000, first + windowMs - clock.monotonic());
        throw new MillraceError("ATTEMPTS_EXCEEDED", { retryAfterS: Math.ceil(waitMs / 1000) });
      }
    },
    fail(whose) {
      for (const [key, max] of keys(whose)) {
        const kept = [...recent(key), clock.monotonic()].slice(-max);
        failures.delete(key);
        failures.set(key, kept);
      }
      for (const key of failures.keys()) {
        if (failures.size <= maxKnown) break;
        failures.delete(key);
      }
    },
    succeed: (name) => void failures.delete(`name ${name}`),
  };
}
