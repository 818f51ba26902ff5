/** Sends content to S3: in one request when it is small, else in parts, of which a few are under way at once. */

import type * as Sdk from "@aws-sdk/client-s3";
import { crypto } from "../kit/sha256.ts";
import type { UploadBody } from "./upload-body.ts";

/** The length of a part, and of what is sent in one request. S3 takes parts from 5 MB on. In bytes. */
export const partBytes = 8 * 2 ** 20;

/** S3 takes this many parts of one object; a longer object has longer parts. */
const maxParts = 10_000;

/** Parts in memory and under way at once. */
const partsAtOnce = 4;

export interface UploadTarget {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
  readonly location: { readonly Bucket: string; readonly Key: string };
  /** Given to each request. */
  readonly sending: { readonly abortSignal?: AbortSignal };
}

/** The object is there, whole, when this resolves, and is not there at all before. */
export async function uploadBody(body: UploadBody, target: UploadTarget): Promise<void> {
  if (body.sizeBytes > partBytes) return uploadParts(body, target);
  const { sdk, client, location, sending } = target;
  const content = await body.read(0, body.sizeBytes);
  await client.send(new sdk.PutObjectCommand({ ...location, ...toContent(content) }), sending);
}

async function uploadParts(body: UploadBody, target: UploadTarget): Promise<void> {
  const { sdk, client, location, sending } = target;
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(location), sending);
  try {
    const Parts = await sendParts(body, target, UploadId);
    const complete = new sdk.CompleteMultipartUploadCommand({ ...location, UploadId, MultipartUpload: { Parts } });
    await client.send(complete, sending);
  } catch (error) {
    // Parts of an upload that is neither completed nor aborted are kept, and paid for. The first error is what matters.
    await client.send(new sdk.AbortMultipartUploadCommand({ ...location, UploadId })).catch(() => {});
    throw error;
  }
}

async function sendParts(body: UploadBody, target: UploadTarget, UploadId: string | undefined) {
  const { sdk, client, location, sending } = target;
  const length = Math.max(partBytes, Math.ceil(body.sizeBytes / maxParts));
  const count = Math.ceil(body.sizeBytes / length);
  const parts: Sdk.CompletedPart[] = [];
  const send = async (index: number): Promise<Sdk.CompletedPart> => {
    const content = toContent(await body.read(index * length, length));
    const PartNumber = index + 1;
    const command = new sdk.UploadPartCommand({ ...location, ...content, UploadId, PartNumber });
    const { ETag } = await client.send(command, sending);
    return { ETag, PartNumber };
  };
  for (let first = 0; first < count; first += partsAtOnce) {
    const indexes = Array.from({ length: Math.min(partsAtOnce, count - first) }, (_, offset) => first + offset);
    parts.push(...(await Promise.all(indexes.map(send))));
  }
  return parts;
}

/** The MD5 lets the service refuse what was damaged on its way; each one knows it. */
function toContent(bytes: Uint8Array) {
  return { Body: bytes, ContentLength: bytes.byteLength, ContentMD5: crypto().hash("md5", bytes, "base64") };
}
