/** What Git knows of a folder. The commit is read from Git's files, which takes no process; whether it is dirty, Git is asked. */

import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Clock, systemClock } from "../kit/clock.ts";

export interface GitHead {
  /** The folder that holds `.git`. */
  readonly workTree: string;
  readonly commit: string;
  /** Null when no branch is checked out. */
  readonly branch: string | null;
}

/** How long Git may take to look at the work tree, in ms. */
const statusTimeoutMs = 5000;

/** References that lead to another reference, at most. Git itself stops at five. */
const maxHops = 5;

/** The commit that is checked out where the folder is; null outside a repository, and before its first commit. */
export function readGitHead(folder: string): GitHead | null {
  const found = findRepository(resolve(folder));
  if (found === null) return null;
  const { workTree, gitFolder } = found;
  const head = readLine(join(gitFolder, "HEAD"));
  const reference = referenceIn(head);
  const commit = reference === null ? head : readReference(gitFolder, reference);
  if (commit === null || !isCommit(commit)) return null;
  return { workTree, commit, branch: reference?.replace(/^refs\/heads\//, "") ?? null };
}

/** `.git` is a folder, or in a linked work tree and in a submodule a file that names one. */
function findRepository(folder: string): { readonly workTree: string; readonly gitFolder: string } | null {
  const path = join(folder, ".git");
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return { workTree: folder, gitFolder: path };
  const named = stat?.isFile() === true ? /^gitdir: (.+)$/.exec(readLine(path) ?? "")?.[1] : undefined;
  if (named !== undefined) return { workTree: folder, gitFolder: resolve(folder, named) };
  const above = dirname(folder);
  return above === folder ? null : findRepository(above);
}

/** A linked work tree has a HEAD of its own and shares the branches of the repository it belongs to. */
function readReference(gitFolder: string, reference: string): string | null {
  const shared = readLine(join(gitFolder, "commondir"));
  const folders = shared === null ? [gitFolder] : [gitFolder, resolve(gitFolder, shared)];
  let name = reference;
  for (let hop = 0; hop < maxHops; hop++) {
    const text = firstOf(folders, (folder) => readLine(join(folder, name)));
    const next = referenceIn(text);
    if (next === null) return text ?? firstOf(folders, (folder) => findPacked(folder, name));
    name = next;
  }
  return null;
}

function firstOf<T>(folders: readonly string[], read: (folder: string) => T | null): T | null {
  for (const folder of folders) {
    const found = read(folder);
    if (found !== null) return found;
  }
  return null;
}

/** Where Git has put many references into one file: "<commit> <reference>" a line. */
function findPacked(folder: string, reference: string): string | null {
  const text = read(join(folder, "packed-refs")) ?? "";
  const end = text.indexOf(` ${reference}\n`);
  return end === -1 ? null : text.slice(text.lastIndexOf("\n", end) + 1, end);
}

function referenceIn(text: string | null): string | null {
  return /^ref: (\S+)$/.exec(text ?? "")?.[1] ?? null;
}

/** SHA-1, or SHA-256 in newer repositories. */
function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function readLine(path: string): string | null {
  return read(path)?.split("\n", 1)[0]?.trim() ?? null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Whatever is not there or cannot be read is not known; nothing of this is needed for a run.
    return null;
  }
}

/**
 * Whether files of the work tree differ from the commit, or are not known to Git. Null when that cannot be found out: no
 * Git, no right, or more than 5 s. Keeps no process alive.
 */
export function isWorkTreeDirty(workTree: string, clock: Clock = systemClock): Promise<boolean | null> {
  return new Promise((found) => {
    // A repository's own configuration could name a program to be run; and a look must not touch the index.
    const options = ["--no-optional-locks", "-c", "core.fsmonitor=false"];
    const git = spawn("git", [...options, "status", "--porcelain"], {
      cwd: workTree,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
    });
    const finish = (answer: boolean | null): void => {
      timer.cancel();
      git.kill("SIGKILL");
      found(answer);
    };
    const timer = clock.setTimer(statusTimeoutMs, () => finish(null), { background: true });
    git.stdout.once("data", () => finish(true));
    git.once("error", () => finish(null));
    git.once("close", (code) => finish(code === 0 ? false : null));
    git.unref();
    (git.stdout as typeof git.stdout & { unref?: () => void }).unref?.();
  });
}
