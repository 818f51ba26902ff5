import { readdirSync, readlinkSync, realpathSync } from "node:fs";

/** Processes that are told of. */
const maxProcesses = 5;

/**
 * Ids of other processes that have a file open, as far as Linux lets this user see them; none elsewhere. For people: whether
 * somebody has it open is told by the lock.
 */
export function findWhoHasOpen(path: string): readonly number[] {
  const found: number[] = [];
  try {
    const target = realpathSync(path);
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      if (!Number.isInteger(pid) || pid === process.pid) continue;
      if (hasOpen(pid, target)) found.push(pid);
      if (found.length === maxProcesses) break;
    }
  } catch {
    // No /proc: nothing is told.
  }
  return found;
}

function hasOpen(pid: number, target: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => isLinkTo(`${folder}/${name}`, target));
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}

function isLinkTo(link: string, target: string): boolean {
  try {
    return readlinkSync(link) === target;
  } catch {
    // It was closed meanwhile.
    return false;
  }
}
