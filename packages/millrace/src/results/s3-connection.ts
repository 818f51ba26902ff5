/** The connection to S3, or to what speaks as S3 does. */

import type * as Sdk from "@aws-sdk/client-s3";
import { MillraceError } from "../contract/errors.ts";
import { importOptional, late, ModuleMissing } from "../kit/late.ts";

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

/** How long a connection is waited for, in ms. */
const connectTimeoutMs = 10_000;
export const defaultAnswerTimeoutMs = 60_000;

export interface S3Connection {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
}

/** Made by the first call. PACKAGE_MISSING */
export function createS3Connection(options: S3StorageOptions): () => Promise<S3Connection> {
  return late(async () => {
    const sdk = await loadSdk();
    return { sdk, client: (options.client as Sdk.S3Client | undefined) ?? createClient(sdk, options) };
  });
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

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || error.name === "NotFound");
}

interface Failure {
  readonly store: string;
  readonly verb: string;
  readonly key?: string;
}

export function toStorageError(cause: unknown, { store, verb, key }: Failure): unknown {
  if (cause instanceof MillraceError) return cause;
  if (key !== undefined && isNotFound(cause)) return new MillraceError("RESULT_MISSING", { key, store }, { cause });
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new MillraceError("RESULT_STORAGE_FAILED", { store, verb, what: key ?? "a result", reason }, { cause });
}
