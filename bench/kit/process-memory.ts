/** The memory of processes, where the system tells (Linux). */

import { readFileSync } from "node:fs";

/** What a process and those that it started hold now, in MB. Null where the system does not tell. */
export function readTreeMb(pid: number): number | null {
  const own = readKb(pid, "VmRSS");
  if (own === null) return null;
  return childrenOf(pid).reduce((sum, child) => sum + (readTreeMb(child) ?? 0), own / 1024);
}

/** The most that a process held so far, in MB. Null where the system does not tell. */
export function readPeakMb(pid: number): number | null {
  const kb = readKb(pid, "VmHWM");
  return kb === null ? null : kb / 1024;
}

function readKb(pid: number, field: string): number | null {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readProcFile(pid, "status"))?.[1];
  return found === undefined ? null : Number(found);
}

function childrenOf(pid: number): number[] {
  return readProcFile(pid, `task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

function readProcFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
