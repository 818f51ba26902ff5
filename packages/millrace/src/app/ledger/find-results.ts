/**
 * Where on this machine the results are that a ledger refers to. What a reference calls a storage is no place: the folder of the home may be
 * named by its path too, or by a storage of a flow's own, and a flow's own storage may be called as the home's is and lie elsewhere.
 * Keys are digests of what is kept, so a file that is named by one is that result, in whatever folder.
 */

import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { StoredResult } from "../../contract/store.ts";
import { folderOfName, folderOfStorage } from "../result-storage.ts";
import type { Settings } from "../settings.ts";

/** What references call the folder `results` of a home where nobody has called it otherwise. */
const homeStore = "file";

/** Folders other than the home's in which results are looked for, at most. */
const maxFolders = 100;

/** `lost`: the home should have it, and has not; it may be in another folder that is told of later. */
export type ResultPlace = "home" | "elsewhere" | "lost";

export interface ResultFinder {
  look(result: StoredResult): ResultPlace;
  /** Keys of what was lost, and is in no folder that is known by then. */
  findMissing(): readonly string[];
}

/** Where a folder of results has the one of this key; see results/file-storage.ts. */
export function resultFile(folder: string, key: string): string {
  return join(folder, key.slice(0, 2), key.slice(2));
}

/** The other folders are that of the settings, and those that references name. */
export function createResultFinder({
  home,
  resultStorage = null,
}: Pick<Settings, "home"> & Partial<Pick<Settings, "resultStorage">>): ResultFinder {
  const atHome = join(home, "results");
  const realHome = realPath(atHome);
  const ofSettings = resultStorage === null ? null : folderOfStorage(resultStorage);
  const others = new Set(ofSettings === null ? [] : [ofSettings]);
  const lost = new Set<string>();

  /** By the names of storages, whether they mean the home's folder. */
  const known = new Map<string, boolean>([[homeStore, true]]);

  function isMeant(store: string): boolean {
    const before = known.get(store);
    if (before !== undefined) return before;
    const folder = folderOfName(store);
    const is = folder !== null && (folder === atHome || realPath(folder) === realHome);
    if (folder !== null && !is && others.size < maxFolders) others.add(folder);
    known.set(store, is);
    return is;
  }

  return {
    look({ store, key }) {
      const isWanted = isMeant(store);
      // Whoever writes files under names of their own has no digest for a key.
      if (!/^[0-9a-f]{64}$/.test(key)) return "elsewhere";
      if (existsSync(resultFile(atHome, key))) return "home";
      if (!isWanted) return "elsewhere";
      lost.add(key);
      return "lost";
    },
    findMissing: () => [...lost].filter((key) => ![...others].some((folder) => existsSync(resultFile(folder, key)))),
  };
}

/** Through links; as it is written where there is nothing. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
