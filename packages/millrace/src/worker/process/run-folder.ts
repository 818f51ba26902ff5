/**
 * A folder for the temporary files of one run's process: nobody else may read it, and it is removed with the process. Those of a
 * worker that was killed are removed by the next one on the machine.
 */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../kit/sha256.ts";

/** Ids of processes are of one machine, and containers may share the folder that these are in. */
const prefix = `millrace-run-${sha256(hostname(), "hex").slice(0, 8)}-`;

/** Has the path of the folder in the environment of the process, and of all that it starts: they are known by it. */
export const runFolderVariable = "MILLRACE_RUN_FOLDER";

/** What the environment has of those that belong to this folder. */
export function markOf(path: string): string {
  return `${runFolderVariable}=${path}`;
}

export interface RunFolder {
  readonly path: string;
  /** Where programs look for the folder of temporary files. */
  readonly env: NodeJS.ProcessEnv;
  /** With what is in it; what cannot be removed is left to the next worker. */
  remove(): void;
}

/** @throws what making a folder throws */
export function makeRunFolder(parent = tmpdir()): RunFolder {
  // Made with the mode 0700.
  const path = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  return { path, env: { TMPDIR: path, TMP: path, TEMP: path }, remove: () => remove(path) };
}

export interface LeftFolders {
  /** Whether there is a process of this id. */
  readonly isAlive: (pid: number) => boolean;
  /** Ends what may still use a folder. */
  readonly end: (path: string) => void;
  readonly parent?: string;
}

/** Removes the folders of workers that are no more. */
export function removeLeftFolders({ isAlive, end, parent = tmpdir() }: LeftFolders): void {
  for (const name of namesIn(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    end(path);
    remove(path);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // Somebody else's, or in use.
  }
}
