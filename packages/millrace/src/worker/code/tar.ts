/**
 * Folders as one stream of bytes in the format `tar` (POSIX ustar, with pax records for long names), and back. Equal files
 * give equal bytes: no times and no owners are kept.
 */

import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { createWithin } from "../../kit/within-folder.ts";

const blockBytes = 512;
const nameBytes = 100;
/** All files of an archive together, in bytes. */
const maxBytes = 2 ** 31;
/** Files, folders and all else in one archive. */
const maxEntries = 100_000;
/** What may come after its end, in bytes: it is filled up to a multiple of what tapes have. */
const maxRestBytes = 2 ** 20;
/** What may be said of a file before it, in bytes: a name is the longest of it. */
const maxPaxBytes = 64 * 1024;

export interface TarFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
}

/** The files in the order in which they are given. @throws Error for a file that has another length than was said */
export async function* packTar(files: readonly TarFile[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { name, path, sizeBytes, isExecutable } of files) {
    const mode = isExecutable ? 0o755 : 0o644;
    if (Buffer.byteLength(name) > nameBytes) {
      const record = paxRecord("path", name);
      yield header({ name: "long-name", type: "x", sizeBytes: record.length, mode });
      yield padded(record);
    }
    yield header({ name: cutName(name), type: "0", sizeBytes, mode });
    let read = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
    if (read !== sizeBytes) throw new Error(`${name} was changed while it was read`);
    const rest = restOf(sizeBytes);
    if (rest > 0) yield Buffer.alloc(rest);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** Writes the files of an archive below a folder. @throws Error for what is no such archive, or would write elsewhere */
export async function unpackTar(chunks: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  const reader = createReader(chunks);
  let longName: string | null = null;
  let total = 0;
  for (let entries = 1; ; entries++) {
    const block = await reader.take(blockBytes);
    if (block === null || block.every((byte) => byte === 0)) break;
    const { name, type, sizeBytes, mode } = readHeader(block);
    if (entries > maxEntries) throw new Error(`the archive holds more than ${maxEntries} entries`);
    total += sizeBytes;
    if (total > maxBytes) throw new Error(`the archive holds more than ${maxBytes} bytes`);
    if (type === "x") {
      if (sizeBytes > maxPaxBytes) throw new Error(`a name in the archive has more than ${maxPaxBytes} bytes`);
      longName = readPaxName(await reader.takeAll(sizeBytes)) ?? longName;
    } else if (type === "0" || type === "\0") {
      await writeEntry(reader, { folder, name: safeName(longName ?? name), sizeBytes, mode });
      longName = null;
    } else {
      // Folders are made for their files; links and devices are not code.
      await reader.skip(sizeBytes);
      longName = null;
    }
    await reader.skip(restOf(sizeBytes));
  }
  // The stream is read to its end, where its hash is checked.
  await reader.drain();
}

async function writeEntry(
  reader: Reader,
  {
    folder,
    name,
    sizeBytes,
    mode,
  }: { readonly folder: string; readonly name: string; readonly sizeBytes: number; readonly mode: number },
): Promise<void> {
  const parts = name.split("/").filter((part) => part !== "");
  const file = await createWithin(folder, { parts, mode: (mode & 0o100) === 0 ? 0o644 : 0o755 });
  try {
    for (let left = sizeBytes; left > 0; ) {
      const chunk = await reader.takeSome(left);
      await file.writeFile(chunk);
      left -= chunk.length;
    }
  } finally {
    await file.close();
  }
}

function safeName(name: string): string {
  const normal = posix.normalize(name.replaceAll("\\", "/"));
  if (normal === "." || normal.startsWith("..") || posix.isAbsolute(normal) || /^[A-Za-z]:/.test(normal)) {
    throw new Error(`the archive names a file outside of its folder: ${name}`);
  }
  return normal;
}

interface Header {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly mode: number;
}

function header({ name, type, sizeBytes, mode }: Header): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, nameBytes);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(sizeBytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function readHeader(block: Buffer): Header {
  const sum = Number.parseInt(textAt(block, 148, 8), 8);
  const real = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== real) throw new Error("it is no archive, or damaged");
  const prefix = textAt(block, 345, 155);
  const name = textAt(block, 0, nameBytes);
  const size = textAt(block, 124, 12);
  if (!/^[0-7]*$/.test(size)) throw new Error("it is no archive, or damaged");
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] ?? 0),
    sizeBytes: Number.parseInt(size, 8) || 0,
    mode: Number.parseInt(textAt(block, 100, 8), 8) || 0o644,
  };
}

function textAt(block: Buffer, start: number, length: number): string {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes
    .subarray(0, end === -1 ? length : end)
    .toString("utf8")
    .trim();
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, "0");
}

/** The name in the record that goes before counts; this one is for tools that do not read it. */
function cutName(name: string): string {
  return Buffer.byteLength(name) <= nameBytes ? name : posix.basename(name).slice(-40);
}

/** "<length> <key>=<value>\n", whose length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const body = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(body);
  let length = bytes + String(bytes).length;
  if (String(length).length + bytes !== length) length++;
  return Buffer.from(`${length}${body}`);
}

function readPaxName(record: Buffer): string | null {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(record.toString("utf8"))?.[1] ?? null;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(restOf(bytes.length))]);
}

function restOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

interface Reader {
  /** Null at the end. */
  take(bytes: number): Promise<Buffer | null>;
  takeAll(bytes: number): Promise<Buffer>;
  /** At least one byte, and no more than asked for. */
  takeSome(atMost: number): Promise<Buffer>;
  skip(bytes: number): Promise<void>;
  drain(): Promise<void>;
}

function createReader(chunks: AsyncIterable<Uint8Array>): Reader {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function fill(): Promise<boolean> {
    const { value, done } = await source.next();
    if (done === true) return false;
    held = held.length === 0 ? Buffer.from(value) : Buffer.concat([held, value]);
    return true;
  }

  function cut(bytes: number): Buffer {
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  }

  async function takeAll(bytes: number): Promise<Buffer> {
    const taken = await take(bytes);
    if (taken === null) throw new Error("the archive ends too early");
    return taken;
  }

  async function take(bytes: number): Promise<Buffer | null> {
    while (held.length < bytes) if (!(await fill())) break;
    if (held.length === 0 && bytes > 0) return null;
    if (held.length < bytes) throw new Error("the archive ends too early");
    return cut(bytes);
  }

  async function takeSome(atMost: number): Promise<Buffer> {
    while (held.length === 0) if (!(await fill())) throw new Error("the archive ends too early");
    return cut(Math.min(atMost, held.length));
  }

  return {
    take,
    takeAll,
    takeSome,
    async skip(bytes) {
      for (let left = bytes; left > 0; ) left -= (await takeSome(left)).length;
    },
    async drain() {
      let rest = 0;
      do {
        rest += held.length;
        held = Buffer.alloc(0);
        if (rest > maxRestBytes)
          throw new Error(`the archive goes on for more than ${maxRestBytes} bytes after its end`);
      } while (await fill());
    },
  };
}
