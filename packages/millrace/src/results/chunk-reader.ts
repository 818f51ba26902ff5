/** Reads a stream of chunks by lengths. */

export interface ChunkReader {
  /** Whether the content begins with these bytes, which are then passed over. */
  skip(start: Uint8Array): Promise<boolean>;
  /** So many bytes; a view of a chunk where one has them. @throws ContentEnded */
  read(lengthBytes: number): Promise<Uint8Array>;
  /** So many bytes in the chunks they come in. @throws ContentEnded */
  chunks(lengthBytes: number): AsyncIterable<Uint8Array>;
  /** Fills the array. @throws ContentEnded */
  fill(target: Uint8Array): Promise<void>;
  /** All that is left. */
  rest(): Promise<Uint8Array>;
  /** Goes to the end, so that the source has checked all it gave. How many bytes there were. */
  drain(): Promise<number>;
  /** Lets the source go, wherever it is: a file is closed. Nothing can be read after that. Never rejects. */
  close(): Promise<void>;
}

class ContentEnded extends Error {
  constructor() {
    super("it ends too early");
  }
}

const nothing = new Uint8Array(0);

export function createChunkReader(source: AsyncIterable<Uint8Array>): ChunkReader {
  const iterator = source[Symbol.asyncIterator]();
  let held: Uint8Array = nothing;
  let isAtEnd = false;

  async function next(): Promise<boolean> {
    while (!isAtEnd) {
      const { done, value } = await iterator.next();
      if (done === true) isAtEnd = true;
      else if (value.byteLength > 0) {
        held = value;
        return true;
      }
    }
    return false;
  }

  function take(lengthBytes: number): Uint8Array {
    const taken = held.subarray(0, lengthBytes);
    held = held.subarray(taken.byteLength);
    return taken;
  }

  async function* chunks(lengthBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = lengthBytes; left > 0; ) {
      if (held.byteLength === 0 && !(await next())) throw new ContentEnded();
      const chunk = take(left);
      left -= chunk.byteLength;
      yield chunk;
    }
  }

  async function fill(target: Uint8Array): Promise<void> {
    let at = 0;
    for await (const chunk of chunks(target.byteLength)) {
      target.set(chunk, at);
      at += chunk.byteLength;
    }
  }

  async function read(lengthBytes: number): Promise<Uint8Array> {
    if (held.byteLength === 0 && lengthBytes > 0) await next();
    if (held.byteLength >= lengthBytes) return take(lengthBytes);
    const bytes = Buffer.allocUnsafe(lengthBytes);
    await fill(bytes);
    return bytes;
  }

  return {
    read,
    chunks,
    fill,
    async skip(start) {
      if (held.byteLength === 0) await next();
      for (let whole = held; whole.byteLength < start.byteLength && (await next()); whole = held) {
        held = Buffer.concat([whole, held]);
      }
      const isThere = Buffer.compare(held.subarray(0, start.byteLength), start) === 0;
      if (isThere) take(start.byteLength);
      return isThere;
    },
    async rest() {
      const parts: Uint8Array[] = [];
      if (held.byteLength === 0) await next();
      while (held.byteLength > 0) {
        parts.push(take(held.byteLength));
        await next();
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    },
    async drain() {
      let drained = held.byteLength;
      held = nothing;
      while (await next()) {
        drained += held.byteLength;
        held = nothing;
      }
      return drained;
    },
    async close() {
      isAtEnd = true;
      held = nothing;
      // What was read counts: that a source cannot be closed well says nothing of it.
      await Promise.resolve(iterator.return?.()).catch(() => undefined);
    },
  };
}
