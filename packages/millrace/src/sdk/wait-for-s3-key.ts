import type * as S3 from "@aws-sdk/client-s3";
import { MillraceError } from "../contract/errors.ts";
import { importOptional, ModuleMissing } from "../kit/late.ts";
import { type Found, type WaitOptions, waitUntilFound } from "./waiting.ts";

export interface S3KeyPlace {
  /** Its name. */
  readonly bucket: string;
  /** Of the object, whole. */
  readonly key: string;
  /** An S3Client of `@aws-sdk/client-s3`. Default: one that takes region and credentials from the environment. */
  readonly client?: S3Sender;
}

/** What is needed of an S3Client. */
export interface S3Sender {
  send(command: never): Promise<unknown>;
}

export interface FoundS3Object {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string | null;
  readonly modifiedAt: Date | null;
}

type Sdk = typeof S3;

/**
 * Waits until an object is in a bucket. The wait is a step of the run: once it is over, a resumed run is given the same
 * answer. Needs the package `@aws-sdk/client-s3`.
 *
 * @example await waitForS3Key({ bucket: "inbox", key: `orders/${day}.parquet` }, { timeout: "6h", every: "1m" });
 * @throws TIMED_OUT, PACKAGE_MISSING; an error of S3 other than that the object is not there, or that it is busy
 */
export async function waitForS3Key(
  { bucket, key, client }: S3KeyPlace,
  options: WaitOptions = {},
): Promise<FoundS3Object> {
  let own: S3.S3Client | undefined;
  try {
    return await waitUntilFound<FoundS3Object>({
      name: "wait-for-s3-key",
      subject: `s3://${bucket}/${key}`,
      options,
      async look({ signal }) {
        const { HeadObjectCommand, S3Client } = await loadSdk();
        const sender = (client ?? (own ??= new S3Client())) as Pick<S3.S3Client, "send">;
        try {
          const head = await sender.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
          const { ContentLength = 0, ETag = null, LastModified = null } = head;
          const value = { bucket, key, sizeBytes: ContentLength, etag: ETag, modifiedAt: LastModified };
          return { isFound: true, value };
        } catch (error) {
          signal.throwIfAborted();
          return notYet(error);
        }
      },
    });
  } finally {
    own?.destroy();
  }
}

/** The object is not there, S3 is busy, or the request did not get through: that may be otherwise at the next look. */
function notYet(error: unknown): Found<never> {
  const { $metadata, code, name } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: unknown;
    readonly name?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  const isWorthAnother =
    status === undefined
      ? name === "TimeoutError" || (typeof code === "string" && /^E[A-Z]+$/.test(code))
      : status === 404 || status === 429 || status >= 500;
  if (isWorthAnother) return { isFound: false, because: error };
  throw error;
}

async function loadSdk(): Promise<Sdk> {
  const feature = "waitForS3Key()";
  try {
    return await importOptional<Sdk>("@aws-sdk/client-s3", feature);
  } catch (error) {
    if (!(error instanceof ModuleMissing)) throw error;
    throw new MillraceError("PACKAGE_MISSING", { feature, package: error.packageName }, { cause: error });
  }
}
