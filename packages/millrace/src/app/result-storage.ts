/** Where results above the inline size go, by the settings; and where those of earlier settings are. */

import { join } from "node:path";
import type { ResultStorage, SweptStorage } from "../contract/results.ts";
import { late, lateMethods } from "../kit/late.ts";
import { createFileStorage } from "../results/file-storage.ts";
import { createFileSweep } from "../results/file-sweep.ts";
import { createNamedFiles } from "../results/named-files.ts";
import type { S3StorageOptions } from "../results/s3-connection.ts";
import type { S3CredentialsReader } from "./s3-credentials.ts";
import { parseS3Url, type S3Place } from "./s3-url.ts";
import type { Settings } from "./settings.ts";

export interface ResultStorages {
  /** Where new results go. */
  readonly storage: ResultStorage;
  /**
   * By name. A storage that the settings name is called by what they say, so that its results stay readable after the
   * settings have changed: it is opened when one of them is asked for.
   */
  readonly storages: ReadonlyMap<string, ResultStorage>;
}

/** Nothing is opened or loaded before the first result that is written or read. */
export function createResultStorages(
  settings: Pick<Settings, "home" | "resultStorage" | "durability">,
  readCredentials: S3CredentialsReader,
): ResultStorages {
  const { home, resultStorage, durability } = settings;
  const storages = new StorageMap(durability, readCredentials);
  const atHome = createFileStorage({ folder: join(home, "results"), durability });
  storages.set(atHome.name, atHome);
  return { storage: resultStorage === null ? atHome : storages.open(nameOf(resultStorage)), storages };
}

/** A storage by its address: a folder, or `s3://bucket/prefix`. */
export function openStorage(
  address: string,
  { durability }: Pick<Settings, "durability">,
  readCredentials: S3CredentialsReader,
): ResultStorage {
  return new StorageMap(durability, readCredentials).open(nameOf(address));
}

const folderMark = "folder:";

/** Before a folder or an address on S3 where others have written results under names of their own. */
const filesMark = "files:";

/** `folder:/data/results` or `s3://bucket/prefix`. */
function nameOf(resultStorage: string): string {
  return parseS3Url(resultStorage) === null ? folderMark + resultStorage : resultStorage;
}

/** The folder of a storage; null for one on S3. */
export function folderOfStorage(resultStorage: string): string | null {
  return nameOf(resultStorage).startsWith(folderMark) ? resultStorage : null;
}

/** The folder that a storage is named by; null for what is named otherwise. */
export function folderOfName(name: string): string | null {
  return name.startsWith(folderMark) ? name.slice(folderMark.length) : null;
}

class StorageMap extends Map<string, ResultStorage> {
  readonly #durability: Settings["durability"];
  readonly #readCredentials: S3CredentialsReader;

  constructor(durability: Settings["durability"], readCredentials: S3CredentialsReader) {
    super();
    this.#durability = durability;
    this.#readCredentials = readCredentials;
  }

  override get(name: string): ResultStorage | undefined {
    if (super.has(name)) return super.get(name);
    if (name.startsWith(filesMark)) return this.#openFiles(name);
    const isOpenable = name.startsWith(folderMark) || parseS3Url(name) !== null;
    return isOpenable ? this.open(name) : undefined;
  }

  #openFiles(name: string): ResultStorage {
    const address = name.slice(filesMark.length);
    const s3 = parseS3Url(address);
    const storage =
      s3 === null
        ? createNamedFiles({ folder: address, name })
        : openS3({ ...toS3Options(s3, this.#readCredentials), name, keys: "any" });
    this.set(name, storage);
    return storage;
  }

  open(name: string): ResultStorage {
    const s3 = parseS3Url(name);
    const storage =
      s3 === null
        ? createFileStorage({ folder: name.slice(folderMark.length), name, durability: this.#durability })
        : openS3({ ...toS3Options(s3, this.#readCredentials), name });
    this.set(name, storage);
    return storage;
  }
}

/** Credentials of a block are read when they are first needed. */
function toS3Options(
  { credentials: block, ...place }: S3Place,
  readCredentials: S3CredentialsReader,
): S3StorageOptions {
  return block === undefined ? place : { ...place, credentials: () => readCredentials(block) };
}

/** What goes through the results of a storage that a setting names. What speaks with S3 is loaded by its first walk. */
export function openSweep(resultStorage: string, readCredentials: S3CredentialsReader): SweptStorage {
  const place = parseS3Url(resultStorage);
  if (place === null) return createFileSweep(resultStorage);
  const options = toS3Options(place, readCredentials);
  const open = late(async () => (await import("../results/s3-sweep.ts")).createS3Sweep(options));
  return {
    async *walk(afterKey) {
      yield* (await open()).walk(afterKey);
    },
    deleteUntouched: async (found) => (await open()).deleteUntouched(found),
  };
}

/** What speaks with S3 is loaded by the first result that is written there or read. */
function openS3(options: S3StorageOptions & { readonly name: string }): ResultStorage {
  const open = late(async () => (await import("../results/s3-storage.ts")).createS3Storage(options));
  return {
    name: options.name,
    ...lateMethods<ResultStorage, "write" | "read" | "exists" | "delete">(["write", "read", "exists", "delete"], open),
    async *stream(key) {
      yield* (await open()).stream(key);
    },
  };
}
