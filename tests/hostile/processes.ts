/** What the machine shows of processes to their siblings: /proc. Empty where there is none. */

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    // It is gone, or somebody else's.
    return "";
  }
}

/** As it was when it was started. */
export function environmentOf(pid: number): string {
  return read(pid, "environ");
}

/** All processes that these have started, and they themselves. */
function familyOf(roots: readonly number[]): ReadonlySet<number> {
  const family = new Set(roots);
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    // "pid (program) state parent …", and the name of a program may have anything in it.
    if (pid > 0) parents.set(pid, Number(read(pid, "stat").split(") ").at(-1)?.split(" ")[1]));
  }
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/** Reads again and again the command lines of these processes and of all that they start; all that was seen, when it is stopped. */
export function watchCommandLines(roots: readonly number[]): () => Promise<readonly string[]> {
  const seen = new Set<string>();
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      for (const pid of familyOf(roots)) seen.add(read(pid, "cmdline").replaceAll("\0", " "));
      await sleep(20);
    }
  })();
  return async () => {
    isStopped = true;
    await watching;
    return [...seen];
  };
}
