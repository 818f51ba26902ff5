/**
 * What a process has started, wherever that has gone: into groups and sessions of its own, or to another parent when its own ended.
 * Linux tells of each process its parent, its group, and the environment that it began with. Elsewhere nothing is found.
 */

import { readdirSync, readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";

export interface StartedBy {
  /** The process that has started them. Null where it is gone, and its number may be another's. */
  readonly pid: number | null;
  /** A variable that it alone has given to what it starts, as `NAME=value`; null for none. */
  readonly mark: string | null;
}

interface Relations {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** Between two looks whether all are gone, and for how long it is tried, in ms. */
const lookEveryMs = 10;
const limitMs = 5000;

/** Those that live, without this process and the one that has started them. */
export function findStarted({ pid, mark }: StartedBy): readonly number[] {
  const all = readRelations().filter((each) => each.pid !== process.pid && each.pid !== pid && each.pid !== 1);
  const found = new Set<number>(pid === null ? [] : [pid]);
  const isOne = ({ parent, group, session }: Relations): boolean =>
    found.has(parent) || found.has(group) || found.has(session);
  if (mark !== null) for (const each of all) if (isMarked(each.pid, mark)) found.add(each.pid);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const each of all) if (isOne(each)) found.add(each.pid);
  }
  return [...found].filter((each) => each !== pid);
}

/** Those that there are now. How many were found. */
export function killStarted(by: StartedBy): number {
  const found = findStarted(by);
  for (const pid of found) kill(pid);
  return found.length;
}

/** Resolves when they are gone, also those that they start meanwhile; with those that cannot be ended. */
export async function endStarted(by: StartedBy, clock: Clock): Promise<readonly number[]> {
  const until = clock.monotonic() + limitMs;
  for (;;) {
    const found = findStarted(by);
    if (found.length === 0 || clock.monotonic() > until) return found;
    for (const pid of found) kill(pid);
    await clock.sleep(lookEveryMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone, or another user's.
  }
}

function readRelations(): readonly Relations[] {
  return pids().flatMap((pid) => {
    // proc(5): "pid (name) state parent group session …". The name may hold blanks and parentheses.
    const stat = read(`/proc/${pid}/stat`);
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [parent = 0, group = 0, session = 0] = fields.map(Number);
    // One that has ended and was not asked how does nothing any more.
    return stat === "" || /[ZXx]/.test(state) ? [] : [{ pid, parent, group, session }];
  });
}

function pids(): readonly number[] {
  if (process.platform !== "linux") return [];
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function isMarked(pid: number, mark: string): boolean {
  return read(`/proc/${pid}/environ`).split("\0").includes(mark);
}

/** Empty for what is gone, and for what is another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
