/** Saves blocks. Their values are sealed with the key of the ledger: here where this process has it, else by the server. */

import type { Client } from "../client/create-client.ts";
import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { KnownBlockType } from "../contract/known-block-types.ts";
import type { BlockDocument, BlockSchema, BlockType, JsonObject, NewObject } from "../contract/objects.ts";
import type { Vault } from "../contract/runtime.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import { uuidv7 } from "../kit/ids.ts";
import { toBlockChecksum } from "../server/prefect/mapping/block-checksum.ts";

export interface SaveBlockHost {
  readonly api: Pick<Api, "readObject" | "listObjects" | "createObject" | "updateObject">;
  readonly vault: () => Promise<Pick<Vault, "seal">>;
  /** Null where this process has opened the ledger itself. */
  readonly client: Pick<Client, "createBlock" | "changeBlockValues"> | null;
}

export interface BlockToSave {
  readonly type: BlockType;
  readonly schema: BlockSchema;
  readonly name: string;
  readonly data: JsonObject;
  /** Whether the values take the place of those that a block of this name has. */
  readonly replaces: boolean;
}

/** @throws OBJECT_EXISTS for a name that is taken, REQUEST_INVALID for one that is none, SERVER_UNREACHABLE */
export async function saveBlock(host: SaveBlockHost, block: BlockToSave): Promise<{ id: string; isNew: boolean }> {
  const { api } = host;
  const { type, name, replaces } = block;
  const where = {
    all: [
      { field: "blockTypeId", in: [type.id] },
      { field: "name", in: [name] },
    ],
  };
  const [known] = (await api.listObjects("block-document", { where }, { limit: 1 })).items;
  if (known !== undefined && !replaces) {
    throw new MillraceError("OBJECT_EXISTS", { kind: "block", name: `${type.slug}/${name}` });
  }
  const id = host.client === null ? await seal(host, block, known) : await send(host.client, block, known);
  return { id, isNew: known === undefined };
}

async function seal(
  { api, vault }: SaveBlockHost,
  { type, schema, name, data }: BlockToSave,
  known: BlockDocument | undefined,
): Promise<string> {
  const id = known?.id ?? uuidv7();
  const sealed = await (await vault()).seal(blockDocumentSeal(id), JSON.stringify(data));
  if (known === undefined) {
    const ids = { id, blockTypeId: type.id, blockSchemaId: schema.id };
    await api.createObject("block-document", { ...ids, name, anonymous: false, sealed });
  } else {
    await api.updateObject("block-document", id, { blockSchemaId: schema.id, sealed, data: {} }, known.revision);
  }
  return id;
}

async function send(
  client: Pick<Client, "createBlock" | "changeBlockValues">,
  { type, schema, name, data }: BlockToSave,
  known: BlockDocument | undefined,
): Promise<string> {
  if (known === undefined) {
    return (await client.createBlock({ blockTypeId: type.id, blockSchemaId: schema.id, name, data })).id;
  }
  await client.changeBlockValues(known.id, { data, blockSchemaId: schema.id });
  return known.id;
}

/**
 * The type and its newest schema; null where the ledger lacks one of them, and there is nothing to make it of.
 *
 * @param options.isOutdated whether a schema that is there has not all fields that are needed, so that another is made beside it
 */
export async function ensureBlockType(
  api: SaveBlockHost["api"],
  {
    slug,
    toMake,
    isOutdated = false,
  }: { readonly slug: string; readonly toMake: KnownBlockType | null; readonly isOutdated?: boolean },
): Promise<{ readonly type: BlockType; readonly schema: BlockSchema } | null> {
  const type = (await findType(api, slug)) ?? (toMake === null ? null : await makeType(api, toMake));
  if (type === null) return null;
  const newest = {
    where: { field: "blockTypeId", in: [type.id] },
    sort: { field: "createdAt", direction: "desc" },
  } as const;
  const findSchema = async (): Promise<BlockSchema | null> =>
    (await api.listObjects("block-schema", newest, { limit: 1 })).items[0] ?? null;
  const known = await findSchema();
  if (known !== null && !isOutdated) return { type, schema: known };
  if (toMake === null) return null;
  const made = { blockTypeId: type.id, ...schemaOf(toMake) };
  return { type, schema: await orOther(() => api.createObject("block-schema", made), findSchema) };
}

/** The schema of a type that is made here. */
export function schemaOf({ fields, capabilities }: KnownBlockType): Omit<NewObject<"block-schema">, "blockTypeId"> {
  return { checksum: toBlockChecksum(fields), schemaVersion: "millrace", capabilities, fields };
}

async function findType(api: SaveBlockHost["api"], slug: string): Promise<BlockType | null> {
  const where = { field: "slug", in: [slug] };
  return (await api.listObjects("block-type", { where }, { limit: 1 })).items[0] ?? null;
}

function makeType(api: SaveBlockHost["api"], toMake: KnownBlockType): Promise<BlockType> {
  const { slug, name, description, isProtected = false } = toMake;
  return orOther(
    () => api.createObject("block-type", { slug, name, description, isProtected }),
    () => findType(api, slug),
  );
}

/** What is made, or what another has made at the same time. */
async function orOther<T>(make: () => Promise<T>, find: () => Promise<T | null>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const other = isMillraceError(error, "OBJECT_EXISTS") ? await find() : null;
    if (other === null) throw error;
    return other;
  }
}
