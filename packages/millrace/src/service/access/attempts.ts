/**
 * Failed attempts to come in, by address (of IPv6 by network) and by the name that was tried: beyond a number of them nothing is looked at any more
 * until the first ones are long ago. In the memory of this process, and bounded.
 */

import { MillraceError } from "../../contract/errors.ts";
import { networkOf } from "../../kit/client-network.ts";
import type { Clock } from "../../kit/clock.ts";

/** In which attempts are counted, in ms. */
const windowMs = 5 * 60_000;
const maxOfName = 10;
const maxOfAddress = 50;
/** Beyond it the oldest are forgotten. */
const maxKnown = 10_000;
/** No account has a longer name: those that are tried are counted as one. */
const maxNameChars = 100;
/** Who finds as many under way as may be tried comes again after so long, in ms. */
const underWayMs = 1000;

interface Whose {
  readonly from: string;
  /** Of a password that is tried. */
  readonly name?: string;
}

export interface Attempts {
  /**
   * An attempt that is under way counts as one that has failed until it has ended, where it is at a name: else as many could be made
   * at once as anybody likes. Gives what ends it. @throws ATTEMPTS_EXCEEDED
   */
  begin(whose: Whose): () => void;
  fail(whose: Whose): void;
  /** Those of a name are forgotten once it has come in. */
  succeed(name: string): void;
}

export function createAttempts(clock: Clock): Attempts {
  const failures = new Map<string, number[]>();
  const underWay = new Map<string, number>();

  const recent = (key: string): number[] => {
    const after = clock.monotonic() - windowMs;
    return (failures.get(key) ?? []).filter((at) => at > after);
  };
  const keys = ({ from, name }: Whose): readonly (readonly [string, number])[] => [
    [`from ${networkOf(from)}`, maxOfAddress],
    ...(name === undefined ? [] : [[keyOf(name), maxOfName] as const]),
  ];

  function check(key: string, max: number): void {
    const times = recent(key);
    if (times.length + (underWay.get(key) ?? 0) < max) return;
    const [first] = times;
    // What is under way may turn out to be right.
    const waitMs = times.length < max ? underWayMs : (first ?? 0) + windowMs - clock.monotonic();
    throw new MillraceError("ATTEMPTS_EXCEEDED", { retryAfterS: Math.ceil(Math.max(1000, waitMs) / 1000) });
  }

  return {
    begin(whose) {
      for (const [key, max] of keys(whose)) check(key, max);
      if (whose.name === undefined) return () => undefined;
      const begun = keys(whose).map(([key]) => key);
      for (const key of begun) underWay.set(key, (underWay.get(key) ?? 0) + 1);
      return () => {
        for (const key of begun) {
          const left = (underWay.get(key) ?? 1) - 1;
          if (left === 0) underWay.delete(key);
          else underWay.set(key, left);
        }
      };
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
    succeed: (name) => void failures.delete(keyOf(name)),
  };
}

function keyOf(name: string): string {
  return name.length > maxNameChars ? "names that are too long" : `name ${name}`;
}
