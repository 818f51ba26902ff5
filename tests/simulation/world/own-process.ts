/** While a seed is lived through, this process's turns, chance and ids are the world's. */

import { createIds, replaceIds } from "../../../packages/millrace/src/kit/ids.ts";
import { replaceSystemRandom } from "../../../packages/millrace/src/kit/random.ts";
import type { World } from "./world.ts";

/**
 * Returns what gives all back.
 *
 * @param carry makes of what is to run later what runs in the simulated process that asks for it now
 */
export function ownProcess(world: World, carry: (run: () => void) => () => void): () => void {
  const { setImmediate: before } = globalThis;
  const simulated = (run: (...args: unknown[]) => void, ...args: unknown[]): unknown =>
    world.soon(carry(() => run(...args)));
  globalThis.setImmediate = simulated as typeof setImmediate;
  const giveBackIds = replaceIds(createIds({ seed: `${world.seed} ids`, now: () => world.now }));
  const giveBackChance = replaceSystemRandom(world.random("system"));
  return () => {
    giveBackChance();
    giveBackIds();
    globalThis.setImmediate = before;
  };
}
