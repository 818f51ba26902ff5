/**
 * Goes through the results of a bucket, and deletes those that nobody wants any more. S3 tells nobody that an object was found to be
 * there already, and deletes one that was written a moment ago as it does an old one. So one is put aside first, as a copy under
 * another name, and what was put aside is deleted like everything else: when it is old itself, and was looked for in the ledgers twice
 * since. By then whoever had found it at its old name refers to it, and it stays. Readers find it aside; writers do not, and
 * write it anew.
 *
 *   <key> ──old, and referred to by nothing──▶ <key>.swept-<id> ──old, and referred to by nothing──▶ gone
 *
 * Each copy has a name of its own, so that of several servers none deletes what another has just put aside. A process may die at any
 * step: there is one copy more, or the object is where it was.
 */

import type { KeptObject, SweptStorage } from "../contract/results.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createS3Connection, isNotFound, type S3Connection, type S3StorageOptions } from "./s3-connection.ts";

const asideMark = ".swept-";
const nameForm = /^([0-9a-f]{64})(\.swept-[0-9a-f-]{36})?$/;

/** S3 copies no larger object in one request. A larger one stays. In bytes. */
const maxCopyBytes = 5 * 2 ** 30;
/** Whoever was stopped between its copy and its deletion for longer deletes nothing, in ms: the copy may have been swept. */
const putAsideWithinMs = 5 * 60_000;

export type S3SweepOptions = Pick<
  S3StorageOptions,
  "bucket" | "prefix" | "client" | "endpoint" | "region" | "credentials" | "forcePathStyle" | "answerTimeoutMs"
>;

/** What lies under a name, as a list tells it. */
interface Listed {
  readonly name: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** When it was written, by the clock of S3, in ms UTC. */
  readonly at: number;
}

/** Its requests reject with the error of the SDK. @param clock measures how long a step took */
export function createS3Sweep(
  options: S3SweepOptions,
  { clock = systemClock }: { readonly clock?: Pick<Clock, "monotonic"> } = {},
): SweptStorage {
  const { bucket: Bucket, prefix = "" } = options;
  const connect = createS3Connection(options);

  async function remove(name: string): Promise<void> {
    const { sdk, client } = await connect();
    await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: prefix + name }));
  }

  async function putAside({ name }: Listed): Promise<void> {
    const { sdk, client } = await connect();
    const startedAt = clock.monotonic();
    const Key = `${prefix}${name}${asideMark}${uuidv7()}`;
    const CopySource = `${Bucket}/${(prefix + name).split("/").map(encodeURIComponent).join("/")}`;
    await client.send(new sdk.CopyObjectCommand({ Bucket, Key, CopySource }));
    if (clock.monotonic() - startedAt < putAsideWithinMs) await remove(name);
  }

  return {
    async *walk(afterKey = "") {
      // A slash comes after the dot of what was put aside of that key, and before other keys.
      const from = afterKey === "" ? {} : { StartAfter: `${prefix}${afterKey}/` };
      const gathered: KeptObject[] = [];
      for await (const page of list(await connect(), { Bucket, Prefix: prefix, Delimiter: "/", ...from })) {
        for (const each of page) {
          const last = gathered.at(-1);
          if (last?.key === each.key) gathered.splice(-1, 1, join(last, each));
          else gathered.push(toKept(each));
        }
        // What is behind the last one may still be its own.
        yield gathered.splice(0, gathered.length - 1);
      }
      yield gathered;
    },
    async deleteUntouched({ key, touchedAt }) {
      const found = (await Array.fromAsync(list(await connect(), { Bucket, Prefix: prefix + key }))).flat();
      if (found.length === 0 || Math.max(...found.map(({ at }) => at)) !== touchedAt) return false;
      const own = found.find(({ name }) => name === key);
      if (own === undefined) {
        for (const { name } of found) await remove(name);
        return true;
      }
      if (own.sizeBytes > maxCopyBytes) return false;
      await putAside(own).catch((error: unknown) => {
        // Another server has put it aside.
        if (!isNotFound(error)) throw error;
      });
      return false;
    },
  };

  async function* list(
    { sdk, client }: S3Connection,
    asked: {
      readonly Bucket: string;
      readonly Prefix: string;
      readonly Delimiter?: string;
      readonly StartAfter?: string;
    },
  ): AsyncGenerator<readonly Listed[], void, undefined> {
    let next: { readonly ContinuationToken?: string } | null = {};
    while (next !== null) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(next);
      yield (page.Contents ?? []).flatMap(({ Key = "", Size = 0, LastModified }) => {
        const name = Key.slice(prefix.length);
        const [, key] = nameForm.exec(name) ?? [];
        return key === undefined || LastModified === undefined
          ? []
          : { name, key, sizeBytes: Size, at: LastModified.getTime() };
      });
      const { NextContinuationToken: ContinuationToken } = page;
      next = ContinuationToken === undefined ? null : { ContinuationToken };
    }

    async function ask(from: { readonly ContinuationToken?: string }) {
      return client.send(new sdk.ListObjectsV2Command({ ...asked, ...from }));
    }
  }
}

/** Where an object is that was put aside; null where there is none. @param own where it would be */
export async function findS3Aside(
  { sdk, client }: S3Connection,
  own: { readonly Bucket: string; readonly Key: string },
): Promise<{ readonly Bucket: string; readonly Key: string } | null> {
  const { Bucket, Key } = own;
  const page = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: Key + asideMark, MaxKeys: 1 }));
  const found = page.Contents?.[0]?.Key;
  return found === undefined ? null : { Bucket, Key: found };
}

function toKept({ key, sizeBytes, at }: Listed): KeptObject {
  return { key, sizeBytes, touchedAt: at, cameAt: at };
}

/** One and what was put aside of it are as young as the youngest of them. */
function join(kept: KeptObject, { sizeBytes, at }: Listed): KeptObject {
  const youngest = Math.max(kept.touchedAt, at);
  return { ...kept, sizeBytes: kept.sizeBytes + sizeBytes, touchedAt: youngest, cameAt: youngest };
}
