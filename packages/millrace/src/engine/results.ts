import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { ResultRef, ResultSerializer, ResultStorage } from "../contract/results.ts";
import type { EnginePorts } from "./ports.ts";

/** How a definition wants its results kept. */
export interface ResultOptions {
  readonly persistResult?: boolean;
  readonly resultStorage?: ResultStorage;
  readonly resultSerializer?: ResultSerializer;
}

/** Keeps a value: inline when it is small, else in the storage. Synchronous in the common case. */
export function encodeResult(
  value: unknown,
  options: ResultOptions,
  ports: EnginePorts,
): ResultRef | Promise<ResultRef> {
  if (options.persistResult === false) {
    return { storage: "none", path: "result", reason: "is not kept (persistResult: false)" };
  }
  const serializer = options.resultSerializer ?? ports.serializer;
  const chunks = serializer.encodeStream?.(value) ?? null;
  if (chunks !== null) return storeStream(chunks, serializer.name, options.resultStorage ?? ports.storage);
  let encoded: string | Uint8Array;
  try {
    encoded = serializer.encode(value);
  } catch (error) {
    return toNone(error);
  }
  if (typeof encoded === "string" && serializer === ports.serializer && fits(encoded, ports.limits.inlineResult)) {
    return { storage: "inline", data: encoded };
  }
  return store(encoded, serializer.name, options.resultStorage ?? ports.storage);
}

/** Why a value cannot be kept, in the serializer's words. */
function toNone(error: unknown): ResultRef {
  const { path = "result", reason = String(error) } = error as { path?: string; reason?: string };
  return { storage: "none", path, reason };
}

function fits(text: string, maxBytes: number): boolean {
  return text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes;
}

async function store(encoded: string | Uint8Array, serializer: string, storage: ResultStorage): Promise<ResultRef> {
  const bytes = typeof encoded === "string" ? new TextEncoder().encode(encoded) : encoded;
  const { key, sizeBytes } = await storage.write(bytes);
  return { storage: "stored", store: storage.name, key, sizeBytes, serializer };
}

/** A value that is written while it is encoded. What its serializer refuses is not kept; what the storage refuses fails. */
async function storeStream(
  chunks: AsyncIterable<Uint8Array>,
  serializer: string,
  storage: ResultStorage,
): Promise<ResultRef> {
  const refusals: unknown[] = [];
  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* chunks;
    } catch (error) {
      refusals.push(error);
      throw error;
    }
  }
  try {
    const { key, sizeBytes } = await storage.write(watched());
    return { storage: "stored", store: storage.name, key, sizeBytes, serializer };
  } catch (error) {
    if (refusals.length === 0) throw error;
    return toNone(refusals[0]);
  }
}

/** The value again. RESULT_MISSING when its storage does not have it. */
export async function decodeResult(ref: ResultRef, options: ResultOptions, ports: EnginePorts): Promise<unknown> {
  switch (ref.storage) {
    case "inline":
      return ports.serializer.decode(ref.data);
    case "none":
      throw new MillraceError("RESULT_MISSING", { key: ref.path, store: "none" });
    case "stored": {
      const own = options.resultStorage;
      const storage = own?.name === ref.store ? own : ports.storages.get(ref.store);
      if (storage === undefined) throw new MillraceError("RESULT_MISSING", { key: ref.key, store: ref.store });
      const serializer = await serializerOf(ref, options, ports);
      if (serializer.decodeStream !== undefined)
        return decodeStored(storage, ref.key, serializer.decodeStream.bind(serializer));
      const bytes = await read(storage, ref.key);
      return serializer.decode(bytes);
    }
  }
}

/** The one that wrote it: the definition's own, the default, or another that Millrace has. */
async function serializerOf(
  ref: Extract<ResultRef, { storage: "stored" }>,
  options: ResultOptions,
  ports: EnginePorts,
): Promise<ResultSerializer> {
  if (options.resultSerializer?.name === ref.serializer) return options.resultSerializer;
  if (ports.serializer.name === ref.serializer) return ports.serializer;
  const known = await ports.serializerNamed(ref.serializer);
  if (known !== null) return known;
  const reason = `it was written by the serializer \`${ref.serializer}\`, which is not at hand`;
  throw new MillraceError("RESULT_UNREADABLE", { key: ref.key, store: ref.store, reason });
}

async function read(storage: ResultStorage, key: string): Promise<Uint8Array> {
  try {
    return await storage.read(key);
  } catch (cause) {
    throw toMissing(cause, storage, key);
  }
}

/** Decodes while it reads. A storage knows at its end only that the content is damaged, which is then the better reason. */
async function decodeStored(
  storage: ResultStorage,
  key: string,
  decode: NonNullable<ResultSerializer["decodeStream"]>,
): Promise<unknown> {
  try {
    return await decode(streamFrom(storage, key));
  } catch (error) {
    for await (const _ of streamFrom(storage, key));
    throw error;
  }
}

async function* streamFrom(storage: ResultStorage, key: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* storage.stream(key);
  } catch (cause) {
    throw toMissing(cause, storage, key);
  }
}

/** What our storages say is more exact: damaged, not reached, not there. */
function toMissing(cause: unknown, storage: ResultStorage, key: string): unknown {
  if (isMillraceError(cause)) return cause;
  return new MillraceError("RESULT_MISSING", { key, store: storage.name }, { cause });
}
