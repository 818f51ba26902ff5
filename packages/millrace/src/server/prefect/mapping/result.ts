/**
 * Where a run's result is, which Prefect's client has kept. Its state names the file, the block of the storage and the
 * serializer; whoever reads the result here is told in our words.
 */

import type { Api } from "../../../contract/api.ts";
import type { BlockData } from "../../../contract/block-secrets.ts";
import type { BlockDocument } from "../../../contract/objects.ts";
import type { ResultRef } from "../../../contract/results.ts";

export interface ResultPlaces {
  readonly api: Pick<Api, "readObject">;
  /** Opens the data of a block. */
  readonly open: (block: BlockDocument) => Promise<BlockData>;
}

interface Kept {
  readonly storage_key?: unknown;
  readonly storage_block_id?: unknown;
  readonly serializer?: { readonly type?: unknown };
}

/** Null for a result that is not kept, or is kept where we cannot read. */
export async function toResultRef(places: ResultPlaces, data: unknown): Promise<ResultRef | null> {
  if (typeof data !== "object" || data === null) return null;
  const { storage_key: file, storage_block_id: blockId, serializer } = data as Kept;
  if (typeof file !== "string" || typeof serializer?.type !== "string") return null;
  const place = typeof blockId === "string" ? await readPlace(places, { blockId, file }) : toLocalPlace(file);
  if (place === null) return null;
  // Its client does not say how long it is.
  return {
    storage: "stored",
    store: `files:${place.folder}`,
    key: place.key,
    sizeBytes: 0,
    serializer: `python/${serializer.type}`,
  };
}

interface Place {
  readonly folder: string;
  readonly key: string;
}

/** A local file is named in whole. Null for one that is not: only the process that wrote it knows its folder. */
function toLocalPlace(file: string): Place | null {
  const [, folder, key] = /^(\/.*|[A-Za-z]:[\\/].*)[\\/]([^\\/]+)$/.exec(file) ?? [];
  return folder === undefined || key === undefined ? null : { folder, key };
}

async function readPlace(
  { api, open }: ResultPlaces,
  { blockId, file }: { readonly blockId: string; readonly file: string },
): Promise<Place | null> {
  const block = await api.readObject("block-document", blockId);
  if (block === null) return null;
  const type = await api.readObject("block-type", block.blockTypeId);
  const folder = toFolder(type?.slug, await open(block));
  return folder === null ? null : { folder, key: file };
}

/** Blocks of storages whose places we can name. */
function toFolder(slug: string | undefined, data: BlockData): string | null {
  const text = (name: string): string | null => (typeof data[name] === "string" ? data[name] : null);
  switch (slug) {
    case "local-file-system":
      return text("basepath");
    case "remote-file-system": {
      const base = text("basepath");
      return base?.startsWith("s3://") === true ? base : null;
    }
    case "s3-bucket": {
      const bucket = text("bucket_name");
      return bucket === null ? null : `s3://${bucket}/${text("bucket_folder") ?? ""}`;
    }
    default:
      return null;
  }
}
