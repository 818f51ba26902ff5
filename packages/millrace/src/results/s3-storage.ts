/** Results in a bucket of S3, or of what speaks as S3 does, by content: `<prefix><sha256>`. */

import type * as Sdk from "@aws-sdk/client-s3";
import { MillraceError } from "../contract/errors.ts";
import type { ResultStorage } from "../contract/results.ts";
import { systemClock } from "../kit/clock.ts";
import { importOptional, late, ModuleMissing } from "../kit/late.ts";
import { checkKey, collect, verified } from "./content-hash.ts";
import { type S3Body, withoutSilence } from "./s3-body.ts";
import { partBytes, type UploadTarget, uploadBody } from "./s3-upload.ts";
import { gatherBody, type UploadBody } from "./upload-body.ts";

/** What is used of the AWS SDK's S3Client. */
export interface S3Client {
  send(command: object, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3StorageOptions {
  /** Its name. It has to be there. */
  readonly bucket: string;
  /** Put before each key as it is: "results/". Default none. */
  readonly prefix?: string;
  /** A client made by the caller; the options of the connection below are then not used. */
  readonly client?: S3Client;
  /** The address of a service other than AWS. */
  readonly endpoint?: string;
  /** Default: what the AWS SDK finds; "us-east-1" with an endpoint. */
  readonly region?: string;
  /** Or a function that gives them when they are first needed. Default: what the AWS SDK finds in the environment, its files and the machine's role. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /**
   * How long the answer to a request is waited for, and more of an answer that is read, in ms. A request without an answer is sent
   * again, as the AWS SDK does. Default 60,000.
   */
  readonly answerTimeoutMs?: number;
  /** Whether the bucket is a part of the path instead of the host. Default: with an endpoint. */
  readonly forcePathStyle?: boolean;
  /** What references to its results call it. Default "s3". */
  readonly name?: string;
  /** "any": objects that others have written, under names of their own; they are read as they are. Default "sha256". */
  readonly keys?: "sha256" | "any";
}

/** What each request of a call is given. */
type Sending = UploadTarget["sending"];

/** How long a connection is waited for, in ms. */
const connectTimeoutMs = 10_000;
const defaultAnswerTimeoutMs = 60_000;

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
  const connect = late(async () => {
    const sdk = await loadSdk();
    return { sdk, client: (options.client as Sdk.S3Client | undefined) ?? createClient(sdk, options) };
  });
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

  async function* stream(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const { sdk, client } = await connect();
      const { Body } = await client.send(new sdk.GetObjectCommand(locate(key)));
      const chunks = withoutSilence(Body as S3Body, { limitMs: answerTimeoutMs, clock: systemClock });
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
    exists: (key) =>
      ask(key).catch((cause: unknown) => {
        throw toStorageError(cause, { store: name, verb: "look for", key });
      }),
    async delete(key) {
      try {
        const { sdk, client } = await connect();
        await client.send(new sdk.DeleteObjectCommand(locate(key)));
      } catch (cause) {
        throw toStorageError(cause, { store: name, verb: "delete", key });
      }
    },
  };
}

async function loadSdk(): Promise<typeof Sdk> {
  try {
    return await importOptional<typeof Sdk>("@aws-sdk/client-s3", "Result storage on S3");
  } catch (cause) {
    if (!(cause instanceof ModuleMissing)) throw cause;
    const data = { feature: "Result storage on S3", package: cause.packageName };
    throw new MillraceError("PACKAGE_MISSING", data, { cause });
  }
}

function createClient(sdk: typeof Sdk, options: S3StorageOptions): Sdk.S3Client {
  const { endpoint, credentials, region, forcePathStyle = endpoint !== undefined } = options;
  const { answerTimeoutMs = defaultAnswerTimeoutMs } = options;
  return new sdk.S3Client({
    forcePathStyle,
    // By itself the SDK waits for ever.
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
    },
    // Content is checked by MD5 when it is sent and by its key when it is read; not every service knows other checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint === undefined ? {} : { endpoint, region: region ?? "us-east-1" }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || error.name === "NotFound");
}

interface Failure {
  readonly store: string;
  readonly verb: string;
  readonly key?: string;
}

function toStorageError(cause: unknown, { store, verb, key }: Failure): unknown {
  if (cause instanceof MillraceError) return cause;
  if (key !== undefined && isNotFound(cause)) return new MillraceError("RESULT_MISSING", { key, store }, { cause });
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new MillraceError("RESULT_STORAGE_FAILED", { store, verb, what: key ?? "a result", reason }, { cause });
}
