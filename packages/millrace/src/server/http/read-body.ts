/** The body of a request: JSON, perhaps compressed, and bounded by what it is when unpacked. */

import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { MillraceError } from "../../contract/errors.ts";
import { isDeeperThan } from "../../kit/json.ts";

/** Objects and lists within each other: what reads them goes as deep, and so does what is made of them in the database. */
const maxDepth = 200;

interface BodyOptions {
  readonly encoding: string | undefined;
  readonly maxBytes: number;
}

/** @throws BODY_TOO_LARGE, REQUEST_INVALID */
export async function readJsonBody(payload: Readable, options: BodyOptions): Promise<unknown> {
  return (await readJsonText(payload, options)).body;
}

/** The body with the text that it was read from. @throws BODY_TOO_LARGE, REQUEST_INVALID */
export async function readJsonText(
  payload: Readable,
  { encoding, maxBytes }: BodyOptions,
): Promise<{ readonly body: unknown; readonly text: string }> {
  const text = await readText(unpack(payload, encoding), maxBytes);
  if (isDeeperThan(text, maxDepth)) {
    throw new MillraceError("REQUEST_INVALID", { reason: `the body is nested more than ${maxDepth} deep` });
  }
  try {
    return { body: JSON.parse(text), text };
  } catch (cause) {
    throw new MillraceError(
      "REQUEST_INVALID",
      { reason: `the body is no JSON: ${(cause as Error).message}` },
      { cause },
    );
  }
}

function unpack(payload: Readable, encoding = "identity"): Readable {
  switch (encoding) {
    case "identity":
      return payload;
    case "gzip":
      return unpackedBy(createGunzip(), payload);
    case "br":
      return unpackedBy(createBrotliDecompress(), payload);
    default:
      throw new MillraceError("REQUEST_INVALID", { reason: `the content encoding \`${encoding}\` is not known` });
  }
}

function unpackedBy(unpacker: ReturnType<typeof createGunzip>, payload: Readable): Readable {
  payload.on("error", (error) => unpacker.destroy(error));
  return payload.pipe(unpacker);
}

async function readText(stream: Readable, maxBytes: number): Promise<string> {
  return (await readBytes(stream, maxBytes)).toString("utf8");
}

/** The bytes of a body as they come. @throws BODY_TOO_LARGE, REQUEST_INVALID */
export async function readBytes(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw new MillraceError("BODY_TOO_LARGE", { limit: `${maxBytes} bytes` });
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw new MillraceError(
      "REQUEST_INVALID",
      { reason: `the body ended early: ${(cause as Error).message}` },
      { cause },
    );
  }
  return Buffer.concat(chunks, sizeBytes);
}
