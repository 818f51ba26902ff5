/** Results in a bucket of S3, or of what speaks as S3 does, by content: `<prefix><sha256>`. */

import type { ResultStorage } from "../contract/results.ts";
import { systemClock } from "../kit/clock.ts";
import { checkKey, collect, verified } from "./content-hash.ts";
import { type S3Body, withoutSilence } from "./s3-body.ts";
import {
  createS3Connection,
  defaultAnswerTimeoutMs,
  isNotFound,
  type S3StorageOptions,
  toStorageError,
} from "./s3-connection.ts";
import { findS3Aside } from "./s3-sweep.ts";
import { partBytes, type UploadTarget, uploadBody } from "./s3-upload.ts";
import { gatherBody, type UploadBody } from "./upload-body.ts";

/** What each request of a call is given. */
type Sending = UploadTarget["sending"];

/** Above this size it is worth asking first whether the content is there. In bytes. */
const askFirstBytes = 2 ** 20;

/**
 * Keeps results on S3. Equal content is kept once; reading checks the hash. What is longer than 8 MB is sent in parts, and
 * a stream longer than that goes through a temporary file, as its key is known at its end only.
 *
 * Needs the package `@aws-sdk/client-s3`, which is loaded by the first use. Rejects with MillraceError: PACKAGE_MISSING,
 * RESULT_MISSING, RESULT_DAMAGED, RESULT_STORAGE_FAILED (its cause is the error of the SDK).
 */
export function createS3Storage(options: S3StorageOptions): ResultStorage {
  const { bucket, prefix = "", name = "s3", keys = "sha256", answerTimeoutMs = defaultAnswerTimeoutMs } = options;
  const connect = createS3Connection(options);
  const locate = (key: string) => ({
    Bucket: bucket,
    Key: `${prefix}${keys === "any" ? key : checkKey(key, name)}`,
  });

  const ask = async (key: string, sending: Sending = {}): Promise<boolean> => {
    const { sdk, client } = await connect();
    try {
      await client.send(new sdk.HeadObjectCommand(locate(key)), sending);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };

  const upload = async (body: UploadBody, signal: AbortSignal | undefined): Promise<void> => {
    const sending: Sending = signal === undefined ? {} : { abortSignal: signal };
    const isKept = body.sizeBytes > askFirstBytes && (await ask(body.sha256, sending));
    if (!isKept) await uploadBody(body, { ...(await connect()), location: locate(body.sha256), sending });
  };

  const get = async (key: string): Promise<S3Body> => {
    const { sdk, client } = await connect();
    const { Body } = await client.send(new sdk.GetObjectCommand(locate(key)));
    return Body as S3Body;
  };

  /** Where it is being deleted, or was when somebody wrote it again: see s3-sweep.ts. */
  const getAside = async (key: string, missing: unknown): Promise<S3Body> => {
    const connection = await connect();
    const aside = keys === "any" ? null : await findS3Aside(connection, locate(key));
    if (aside === null) throw missing;
    const { Body } = await connection.client.send(new connection.sdk.GetObjectCommand(aside));
    return Body as S3Body;
  };

  async function* stream(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const body = await get(key).catch((error: unknown) => {
        if (isNotFound(error)) return getAside(key, error);
        throw error;
      });
      const chunks = withoutSilence(body, { limitMs: answerTimeoutMs, clock: systemClock });
      yield* keys === "any" ? chunks : verified(chunks, { key, store: name });
    } catch (cause) {
      throw toStorageError(cause, { store: name, verb: "read", key });
    }
  }

  return {
    name,
    async write(content, { signal } = {}) {
      signal?.throwIfAborted();
      const body = await gatherBody(content, { signal, inMemoryBytes: partBytes });
      try {
        await upload(body, signal);
        return { key: body.sha256, sizeBytes: body.sizeBytes, sha256: body.sha256 };
      } catch (cause) {
        signal?.throwIfAborted();
        throw toStorageError(cause, { store: name, verb: "keep" });
      } finally {
        await body.close();
      }
    },
    read: (key) => collect(stream(key)),
    stream,
    async exists(key) {
      try {
        return (await ask(key)) || (keys !== "any" && (await findS3Aside(await connect(), locate(key))) !== null);
      } catch (cause) {
        throw toStorageError(cause, { store: name, verb: "look for", key });
      }
    },
    async delete(key) {
      try {
        const connection = await connect();
        const remove = (where: ReturnType<typeof locate>): Promise<unknown> =>
          connection.client.send(new connection.sdk.DeleteObjectCommand(where));
        await remove(locate(key));
        if (keys === "any") return;
        for (let aside; (aside = await findS3Aside(connection, locate(key))) !== null; ) await remove(aside);
      } catch (cause) {
        throw toStorageError(cause, { store: name, verb: "delete", key });
      }
    },
  };
}
