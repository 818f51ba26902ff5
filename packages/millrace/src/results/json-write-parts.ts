/** Writes a long value in frames; json-parts.ts describes them. */

import { inChunks } from "./content-hash.ts";
import { represent } from "./json-encode.ts";
import { firstLine, type FrameKind, headerBytes, type Part } from "./json-parts.ts";

/** Items of a list are gathered up to about this length of JSON. In UTF-16 units. */
const frameChars = 2 ** 20;

/** Items of the first frame of a list; the next have as many as the last one tells. */
const firstItems = 64;

/** A text is turned into UTF-8 in parts of this length, in UTF-16 units. */
const textChars = 2 ** 18;

/**
 * The chunks of a value. What is not copied into them is the memory of its buffers.
 *
 * @throws Refusal, whose path is that within a list, and RangeError for what has no JSON short enough
 */
export function* writeParts(value: unknown): Generator<Uint8Array, void, undefined> {
  yield Buffer.from(firstLine);
  const parts: Part[] = [];
  yield* frame("V", JSON.stringify(represent(value, { around: [], parts })), parts);
}

function* frame(kind: "V" | "L", json: string, parts: readonly Part[]): Generator<Uint8Array, void, undefined> {
  const content = Buffer.from(json);
  yield Buffer.concat([header(kind, parts.length, content.byteLength), content]);
  for (const part of parts) yield* partFrames(part);
}

function header(kind: FrameKind, parts: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(kind, "latin1");
  bytes.writeUInt32BE(parts, 1);
  bytes.writeBigUInt64BE(BigInt(lengthBytes), 5);
  return bytes;
}

function* partFrames(part: Part): Generator<Uint8Array, void, undefined> {
  switch (part.is) {
    case "bytes":
      yield header("B", 0, part.bytes.byteLength);
      yield* inChunks(part.bytes);
      return;
    case "text":
      yield header("T", 0, Buffer.byteLength(part.text));
      yield* textChunks(part.text);
      return;
    case "list":
      yield* listFrames(part);
  }
}

function* textChunks(text: string): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const end = start + textChars;
    // The two halves of a character stay together.
    const isSplit = end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00;
    const chunk = text.slice(start, isSplit ? end + 1 : end);
    yield Buffer.from(chunk);
    start += chunk.length;
  }
}

function* listFrames({ items, around }: Part & { is: "list" }): Generator<Uint8Array, void, undefined> {
  let count = firstItems;
  for (let start = 0; start < items.length; ) {
    const parts: Part[] = [];
    const end = Math.min(items.length, start + count);
    const represented: unknown[] = [];
    for (let index = start; index < end; index++) represented.push(represent(items[index], { around, parts }));
    const json = JSON.stringify(represented);
    yield* frame("L", json, parts);
    count = Math.max(1, Math.min(count * 8, Math.floor(((end - start) * frameChars) / json.length)));
    start = end;
  }
  yield header("E", 0, 0);
}
