/** Tells when files of folders are written: once for a burst of writes, when it is over. */

import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { Clock, Timer } from "../../kit/clock.ts";

/** Nothing is written for so long: the burst is over. */
const quietMs = 100;
/** A burst that goes on is told of after this time all the same. */
const maxWaitMs = 2000;

export interface FolderWatcher extends Disposable {
  /** Watches these folders, not those below them, in place of the ones before. Those that are not there are left out. */
  watch(folders: Iterable<string>): void;
}

export function watchFolders(options: {
  readonly clock: Clock;
  /** Whether a file of this path is of interest. */
  readonly isOfInterest: (path: string) => boolean;
  readonly onChange: () => void;
}): FolderWatcher {
  const { clock, isOfInterest, onChange } = options;
  const watchers = new Map<string, FSWatcher>();
  let timer: Timer | null = null;
  let burstSince = 0;

  function note(): void {
    const now = clock.monotonic();
    if (timer === null) burstSince = now;
    timer?.cancel();
    const leftMs = Math.max(0, burstSince + maxWaitMs - now);
    timer = clock.setTimer(Math.min(quietMs, leftMs), () => {
      timer = null;
      onChange();
    });
  }

  function open(folder: string): void {
    try {
      const watcher = watch(folder, (_, name) => {
        if (name === null || isOfInterest(join(folder, name))) note();
      });
      // The folder is gone; what was in it is seen to be gone, too.
      watcher.on("error", () => {
        close(folder);
        note();
      });
      watchers.set(folder, watcher);
    } catch {
      // It is not there. When it comes, the folder above tells.
    }
  }

  function close(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    watch(folders) {
      const wanted = new Set(folders);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) close(folder);
      for (const folder of wanted) if (!watchers.has(folder)) open(folder);
    },
    [Symbol.dispose]() {
      timer?.cancel();
      for (const folder of watchers.keys()) close(folder);
    },
  };
}
