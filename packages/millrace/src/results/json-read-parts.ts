/** Reads a long value that was written in frames; json-parts.ts describes them. */

import type { ChunkReader } from "./chunk-reader.ts";
import { revive } from "./json-decode.ts";
import { type FrameKind, headerBytes } from "./json-parts.ts";

const decoder = new TextDecoder();

interface Frame {
  readonly kind: FrameKind;
  readonly parts: number;
  readonly lengthBytes: number;
}

/** The value after the first line. @throws what says that the content is none that writeParts makes */
export async function readParts(reader: ChunkReader): Promise<unknown> {
  const value = await readJson(reader, await readFrame(reader, "V"));
  if ((await reader.drain()) > 0) throw new Error("there is more after its end");
  return value;
}

async function readFrame(reader: ChunkReader, ...expected: readonly FrameKind[]): Promise<Frame> {
  const bytes = await reader.read(headerBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = String.fromCharCode(view.getUint8(0)) as FrameKind;
  if (!expected.includes(kind)) throw new Error(`it has a part of the unknown kind ${JSON.stringify(kind)}`);
  return { kind, parts: view.getUint32(1), lengthBytes: Number(view.getBigUint64(5)) };
}

async function readJson(reader: ChunkReader, { parts: count, lengthBytes }: Frame): Promise<unknown> {
  const json: unknown = JSON.parse(decoder.decode(await reader.read(lengthBytes)));
  const parts: unknown[] = [];
  while (parts.length < count) parts.push(await readPart(reader));
  return revive(json, parts);
}

async function readPart(reader: ChunkReader): Promise<unknown> {
  const frame = await readFrame(reader, "B", "T", "L", "E");
  switch (frame.kind) {
    case "B": {
      const buffer = new ArrayBuffer(frame.lengthBytes);
      await reader.fill(new Uint8Array(buffer));
      return buffer;
    }
    case "T":
      return readText(reader, frame.lengthBytes);
    default:
      return readList(reader, frame);
  }
}

async function readText(reader: ChunkReader, lengthBytes: number): Promise<string> {
  const stream = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for await (const chunk of reader.chunks(lengthBytes)) text += stream.decode(chunk, { stream: true });
  return text + stream.decode();
}

async function readList(reader: ChunkReader, first: Frame): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for (let frame = first; frame.kind === "L"; frame = await readFrame(reader, "L", "E")) {
    for (const item of (await readJson(reader, frame)) as readonly unknown[]) items.push(item);
  }
  return items;
}
