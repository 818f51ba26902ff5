/** Which processes are still there. */

import { readFileSync } from "node:fs";

/** A process of a pool notices the death of its parent by itself; it is given this long, in ms. */
const orphanMs = 10_000;

/** Those that do not go, of these. */
export async function findLiveOnes(pids: ReadonlySet<number>): Promise<readonly number[]> {
  const until = performance.now() + orphanMs;
  let left = [...pids];
  while ((left = left.filter(isAlive)).length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return left;
}

/** One that has ended, and whose parent has not asked how, is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** By kill -9; those that are gone meanwhile are left out. Gives those that were there. */
export function killAll(pids: Iterable<number>): readonly number[] {
  return [...pids].filter((pid) => {
    try {
      return isAlive(pid) && process.kill(pid, "SIGKILL");
    } catch {
      return false;
    }
  });
}

/** Where the system does not tell there is no zombie. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
