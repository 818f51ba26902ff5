/** Where results live. The ledger holds a reference; the value is inline when small, else in a storage by content hash. */

/** A value in a result that another call of the run had made before, and that counts as that call's. */
export interface HandedOn {
  /** Where it is: properties by name; items of lists and sets, and values of maps, by place. Empty for the whole. */
  readonly at: readonly (string | number)[];
  /** The path of the call. */
  readonly by: string;
}

/** A recorded result. `none` is a value that could not be serialized: it is computed again on resume. */
export type ResultRef =
  | { readonly storage: "inline"; readonly data: string; readonly handedOn?: readonly HandedOn[] }
  | {
      readonly storage: "stored";
      /** Name of the storage that wrote it, for example `file` or `s3`. */
      readonly store: string;
      readonly key: string;
      readonly sizeBytes: number;
      readonly serializer: string;
      readonly handedOn?: readonly HandedOn[];
    }
  | { readonly storage: "none"; readonly path: string; readonly reason: string };

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A place for results. Content-addressed: writing equal bytes twice keeps one object. */
export interface ResultStorage {
  readonly name: string;
  write(
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<StoredObject>;
  read(key: string): Promise<Uint8Array>;
  stream(key: string): AsyncIterable<Uint8Array>;
  exists(key: string): Promise<boolean>;
  delete(key: string): Promise<void>;
}

/** What lies in a storage, for who deletes what nothing refers to any more. */
export interface KeptObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** When somebody last wrote it, or found that it was there already, in ms UTC. */
  readonly touchedAt: number;
  /** When it last came there, by whatever way, in ms UTC: a copy of an old one is young. */
  readonly cameAt: number;
}

/** A storage that can be gone through. */
export interface SweptStorage {
  /** What is there, in the order of keys, part by part; some parts are empty. @param afterKey only what comes after it */
  walk(afterKey?: string): AsyncIterable<readonly KeptObject[]>;
  /**
   * Deletes it as it was when it was found. False when it is gone, or somebody has written it again since: then it is there. A
   * process that dies meanwhile leaves it readable.
   */
  deleteUntouched(found: KeptObject): Promise<boolean>;
}

/** Turns a value into text or bytes and back. `encode` throws an error with `path` when a part cannot be represented. */
export interface ResultSerializer {
  readonly name: string;
  encode(value: unknown): string | Uint8Array;
  decode(content: string | Uint8Array): unknown;
  /**
   * The value in chunks, for one that is too long to have in memory a second time; null for one that `encode` takes. It is
   * asked first, for every result. The chunks are made while they are written; what cannot be represented is thrown as
   * `encode` throws it, by the chunk that would hold it. Chunks may be views of the value's own memory.
   */
  encodeStream?(value: unknown): AsyncIterable<Uint8Array> | null;
  /** Takes all that is kept in a storage, whether it was written by `encode` or by `encodeStream`. */
  decodeStream?(chunks: AsyncIterable<Uint8Array>): Promise<unknown>;
}
