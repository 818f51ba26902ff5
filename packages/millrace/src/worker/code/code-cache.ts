/**
 * The folders of code that was brought to this machine, which workers share, and which go when nobody has used them for long.
 * What must hold whatever process is killed at whatever moment: who was given a folder finds it whole.
 *
 *   <name>              the code: a commit or an archive, put there in one move
 *   <name>.used         when it was last asked for: the time of the file
 *   <name>.<pid>.run    a process that runs it: its identity. Counts as long as that process lives
 *   <name>.doomed       a worker is about to remove it
 *   <name>.<id>.tmp     code that is under way
 *   <name>.<id>.gone    code that is being deleted, which nobody looks for
 *
 * Who asks for a folder writes that it is used, and then looks whether it is doomed. Who removes one writes that it is doomed,
 * and then looks whether it was used. So one of them sees the other: the second gives way, and the first waits for it.
 */

import {
  closeSync,
  existsSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Clock } from "../../kit/clock.ts";
import { shortId } from "../../kit/ids.ts";
import { identifyProcess, isSameProcessAlive, type ProcessIdentity } from "../../kit/process-identity.ts";

/** That a folder is used is written down at most so often, in ms. */
const touchEveryMs = 60_000;
/** Old folders are looked for so often, in ms. */
const sweepEveryMs = 3_600_000;
/** Folders that are removed at once. */
const maxRemoved = 50;
/** Code that has been under way for longer was given up by a process that was killed, in ms. */
const draftMs = 24 * 3_600_000;
/** To doom a folder and to move it away takes a moment; a mark that is older was left by a process that was killed. In ms. */
const doomMs = 10_000;
const waitMs = 20;

const name = String.raw`[\da-f]{16}-[\da-f]{16}|archive-[\da-f]{32}`;
const wholeForm = new RegExp(`^(${name})$`);
const runForm = new RegExp(`^(${name})\\.\\d+\\.run$`);
const besideForm = new RegExp(`^(${name})\\.(?:\\d+\\.run|used|doomed)$`);
const draftForm = new RegExp(`^(${name})\\.\\w+\\.tmp$`);
const goneForm = new RegExp(`^(${name})\\.\\w+\\.gone$`);

export interface CodeCache {
  /** Where it is. Only for looking: what is in it may go. */
  readonly folder: string;
  /**
   * The folder of this name, which `make` fills if it is not there. From now on nobody removes it for the retention.
   *
   * @param name of a commit (two hashes of 16 digits) or of an archive (`archive-` and 32 digits)
   * @param make puts the code at a path where nothing is
   */
  get(name: string, make: (draft: string) => Promise<void>): Promise<string>;
  /**
   * A process runs code of this folder, or of one within it: as long as it lives, the folder stays, whatever becomes of this
   * process. What is returned says that it has ended. Neither throws: where no mark can be written, the folder stays for the
   * retention only, and a mark that cannot be removed counts as long as its process lives.
   */
  use(folder: string, pid: number): () => void;
  /** Removes what is old now; else it is done by and by, as folders are asked for. */
  sweep(): Promise<void>;
}

export interface CodeCacheOptions {
  readonly folder: string;
  /** How long code stays after it was last asked for, in ms. */
  readonly retentionMs: number;
  readonly clock: Clock;
}

export function createCodeCache({ folder: root, retentionMs, clock }: CodeCacheOptions): CodeCache {
  const touchedAt = new Map<string, number>();
  let sweptAt: number | null = null;

  const at = (file: string): string => join(root, file);
  const isOld = (time: number | null): boolean => time !== null && clock.now() - time > retentionMs;

  async function touch(entry: string): Promise<void> {
    const before = touchedAt.get(entry);
    if (before !== undefined && clock.monotonic() - before < Math.min(touchEveryMs, retentionMs / 2)) return;
    writeUsed(entry);
    while (isDoomed(entry)) await clock.sleep(waitMs);
    touchedAt.set(entry, clock.monotonic());
  }

  function writeUsed(entry: string): void {
    writeMark(at(`${entry}.used`), { flag: "w", at: clock.now() });
  }

  function isDoomed(entry: string): boolean {
    const since = changedAt(at(`${entry}.doomed`));
    if (since === null) return false;
    if (Math.abs(clock.now() - since) < doomMs) return true;
    // It was moved away in one step, or not at all.
    rmSync(at(`${entry}.doomed`), { force: true });
    return false;
  }

  async function get(entry: string, make: (draft: string) => Promise<void>): Promise<string> {
    // It becomes a path, and what is at it may be removed.
    if (!wholeForm.test(entry)) throw new Error(`\`${entry.slice(0, 100)}\` names no code`);
    mkdirSync(root, { recursive: true, mode: 0o700 });
    await touch(entry);
    const folder = at(entry);
    if (!existsSync(folder)) {
      const draft = `${folder}.${shortId()}.tmp`;
      try {
        await make(draft);
        // However long that took, it is not old when it is there.
        writeUsed(entry);
        place(draft, folder);
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    }
    void sweepSometimes();
    return folder;
  }

  async function sweepSometimes(): Promise<void> {
    const now = clock.monotonic();
    if (sweptAt !== null && now - sweptAt < sweepEveryMs) return;
    sweptAt = now;
    // What cannot be removed is tried again; it only takes room.
    await sweep().catch(() => undefined);
  }

  async function sweep(): Promise<void> {
    if (!existsSync(root)) return;
    let removed = 0;
    for (const file of readdirSync(root)) {
      if (removed >= maxRemoved) return;
      const left = wholeForm.test(file) ? removeIfOld(file) : isLeftOver(file) ? at(file) : null;
      if (left === null) continue;
      removed++;
      await rm(left, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Where it was moved to, to be deleted; null for one that stays. Between dooming and moving nothing else is done here. */
  function removeIfOld(entry: string): string | null {
    if (isKept(entry)) return null;
    const doomed = at(`${entry}.doomed`);
    try {
      writeMark(doomed, { flag: "wx", at: clock.now() });
    } catch {
      // Another worker removes it, or was killed at it; then who asks for it next sees to that.
      isDoomed(entry);
      return null;
    }
    const since = clock.monotonic();
    try {
      if (isKept(entry) || clock.monotonic() - since > doomMs / 2) return null;
      const gone = at(`${entry}.${shortId()}.gone`);
      renameSync(at(entry), gone);
      rmSync(at(`${entry}.used`), { force: true });
      return gone;
    } catch {
      // Where folders in use cannot be moved, this one is in use.
      return null;
    } finally {
      rmSync(doomed, { force: true });
    }
  }

  function isKept(entry: string): boolean {
    const usedAt = changedAt(at(`${entry}.used`));
    // It was brought when this was not written down yet: from now on it is.
    if (usedAt === null) writeUsed(entry);
    return !isOld(usedAt) || hasUser(entry);
  }

  /** Of processes of which nothing can be seen from here, a mark counts for the retention. */
  function hasUser(entry: string): boolean {
    const marks = readdirSync(root).filter((file) => runForm.exec(file)?.[1] === entry);
    return marks.some((mark) => {
      const liveness = livenessOf(at(mark));
      return liveness === "alive" || (liveness === "unknown" && !isOld(changedAt(at(mark))));
    });
  }

  /** Whether a file is of nobody's use any more: of a killed process, or of code that is gone. */
  function isLeftOver(file: string): boolean {
    if (goneForm.test(file)) return true;
    const since = changedAt(at(file));
    if (since === null) return false;
    if (draftForm.test(file)) return clock.now() - since > Math.max(draftMs, retentionMs);
    // Of a worker that was killed: else it takes its own away.
    if (runForm.test(file) && livenessOf(at(file)) === "dead") return true;
    const entry = besideForm.exec(file)?.[1];
    return entry !== undefined && isOld(since) && !existsSync(at(entry));
  }

  return {
    folder: root,
    get,
    sweep,
    use(folder, pid) {
      const [entry = ""] = relative(root, folder).split(sep);
      if (!wholeForm.test(entry)) return () => undefined;
      const mark = at(`${entry}.${pid}.run`);
      attempt(() => writeFileSync(mark, JSON.stringify(identifyProcess(pid))));
      return () => attempt(() => rmSync(mark, { force: true }));
    },
  };
}

/** A full disk keeps no process from its run. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // See use().
  }
}

function livenessOf(mark: string): ReturnType<typeof isSameProcessAlive> {
  try {
    return isSameProcessAlive(JSON.parse(readFileSync(mark, "utf8")) as ProcessIdentity);
  } catch {
    // Its writer was killed within it.
    return "unknown";
  }
}

/** Through one descriptor: another process may remove the file as soon as it is there. */
function writeMark(path: string, { flag, at }: { readonly flag: "w" | "wx"; readonly at: number }): void {
  const mark = openSync(path, flag);
  try {
    futimesSync(mark, at / 1000, at / 1000);
  } finally {
    closeSync(mark);
  }
}

/** In ms since the epoch; null for what is not there. */
function changedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** Of several that bring the same at the same time, one is first. */
function place(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
