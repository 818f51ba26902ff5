/**
 * What goes wrong, and where, in the manner of FoundationDB's BUGGIFY: each named place is at work in a quarter of the seeds,
 * and there it strikes at a part of the times it is passed. So that a seed has few kinds of faults, and much of them.
 */

import type { World } from "./world.ts";

/** Part of the seeds in which a place is at work. */
const activeShare = 0.25;

export interface Faults {
  /** Whether it strikes now. `rate`: how often where it is at work; default a quarter. */
  strikes(place: string, rate?: number): boolean;
  /** A number in [0, 1), for how it strikes. */
  draw(): number;
  /** Something rare has happened, which others count. */
  reached(branch: string): void;
  /** How often each place has struck, and each branch was reached. */
  readonly counts: ReadonlyMap<string, number>;
  /** Nothing goes wrong any more. */
  readonly isOver: boolean;
  /** From now on nothing goes wrong any more. */
  end(): void;
}

export function createFaults(world: World): Faults {
  const places = new Map<string, { readonly isActive: boolean; readonly random: () => number }>();
  const counts = new Map<string, number>();
  const random = world.random("faults");
  let isOver = false;

  function placeOf(name: string): { readonly isActive: boolean; readonly random: () => number } {
    let place = places.get(name);
    if (place === undefined) {
      const own = world.random(`fault ${name}`);
      place = { isActive: own() < activeShare, random: own };
      places.set(name, place);
    }
    return place;
  }

  const reached = (branch: string): void => void counts.set(branch, (counts.get(branch) ?? 0) + 1);

  return {
    counts,
    reached,
    draw: random,
    strikes(name, rate = 0.25) {
      if (isOver) return false;
      const place = placeOf(name);
      if (!place.isActive || place.random() >= rate) return false;
      reached(name);
      world.trace.add(`fault: ${name}`);
      return true;
    },
    get isOver() {
      return isOver;
    },
    end() {
      isOver = true;
    },
  };
}
