/** Saves blocks: their values are sealed before they are kept. */

import { isDeepStrictEqual } from "node:util";
import type { Api } from "../../contract/api.ts";
import { type BlockData, secretFieldsOf } from "../../contract/block-secrets.ts";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { BlockDocument, BlockSchema } from "../../contract/objects.ts";
import type { Vault } from "../../contract/runtime.ts";
import { blockDocumentSeal } from "../../contract/secrets.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { readByIds } from "../read-by-ids.ts";
import { keepSecrets } from "./keep-secrets.ts";
import { splitReferences } from "./references.ts";
import { openBlock, openBlocks, showBlockValues } from "./show-values.ts";

export interface SaveBlocks {
  readonly api: Pick<Api, "readObject" | "listObjects" | "createObject" | "updateObject">;
  readonly vault: Vault;
}

export interface BlockToCreate {
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
  /** Null for one that is used where it is, and has no name of its own. */
  readonly name: string | null;
  readonly anonymous: boolean;
  readonly data: BlockData;
}

export interface BlockToChange {
  readonly data: BlockData;
  /** Whether fields that are not in the data stay what they are. */
  readonly merges: boolean;
  /** Default: the one that it has. */
  readonly blockSchemaId?: string | undefined;
  /** The revision that was read. Default: whichever it is at. */
  readonly revision?: number | undefined;
}

/** How often a change is made again because another one came between. */
const maxRaces = 20;

/** @throws NOT_FOUND for a type, a schema or a block within that is not there, OBJECT_EXISTS, OBJECT_INVALID */
export async function createBlock(context: SaveBlocks, block: BlockToCreate): Promise<BlockDocument> {
  const { api, vault } = context;
  const { blockTypeId, blockSchemaId, anonymous, data } = block;
  if ((await api.readObject("block-type", blockTypeId)) === null) throw notFound("block type", blockTypeId);
  await readSchema(api, blockSchemaId);
  const id = uuidv7();
  await checkReferences(context, id, data);
  const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify(data));
  const name = block.name ?? `anonymous-${id}`;
  return api.createObject("block-document", { id, blockTypeId, blockSchemaId, name, anonymous, sealed });
}

/**
 * False when there is no such block. A secret that is sent back as the asterisks that it was shown as, and a block within
 * that is sent back as it was shown, stay what they are.
 *
 * @throws NOT_FOUND for a schema or a block within that is not there, REVISION_CONFLICT, OBJECT_INVALID, SECRET_UNREADABLE
 */
export async function changeBlock(context: SaveBlocks, id: string, change: BlockToChange): Promise<boolean> {
  for (let race = 0; race < maxRaces; race++) {
    try {
      return await changeOnce(context, id, change);
    } catch (error) {
      if (change.revision !== undefined || !isMillraceError(error, "REVISION_CONFLICT")) throw error;
    }
  }
  throw new MillraceError("LEDGER_BUSY", { location: `block ${id}`, waited: `${maxRaces} attempts` });
}

async function changeOnce(context: SaveBlocks, id: string, change: BlockToChange): Promise<boolean> {
  const { api, vault } = context;
  const found = await api.readObject("block-document", id);
  if (found === null) return false;
  const { revision = found.revision } = change;
  const schema = await readSchema(api, found.blockSchemaId);
  const kept = await openBlock(context, found);
  const sent = await withReferences(context, change.data, { found, kept });
  const own = keepSecrets(sent, { kept, secretFields: secretFieldsOf(schema.fields) });
  const data = change.merges ? { ...kept, ...own } : own;
  await checkReferences(context, id, data);
  const blockSchemaId = change.blockSchemaId ?? found.blockSchemaId;
  if ((await readSchema(api, blockSchemaId)).blockTypeId !== found.blockTypeId) {
    throw new MillraceError("OBJECT_INVALID", { reason: "a block can only take another schema of its own type" });
  }
  const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify(data));
  // What was written in the open is so no longer.
  const opened = found.data === undefined ? {} : { data: {} };
  return (await api.updateObject("block-document", id, { sealed, blockSchemaId, ...opened }, revision)) !== null;
}

/** What was sent; a block within that was sent back as it had been shown is still the reference that it was. */
async function withReferences(
  context: SaveBlocks,
  sent: BlockData,
  { found, kept }: { readonly found: BlockDocument; readonly kept: BlockData },
): Promise<BlockData> {
  const fields = [...splitReferences(kept).references.keys()].filter((field) => Object.hasOwn(sent, field));
  if (fields.length === 0) return sent;
  const { blocks } = await showBlockValues(context, [found], { includesSecrets: false });
  const shown = blocks[0]?.data ?? {};
  const unchanged = fields.filter((field) => isDeepStrictEqual(sent[field], shown[field]));
  return { ...sent, ...Object.fromEntries(unchanged.map((field) => [field, kept[field]])) };
}

/** @throws NOT_FOUND for a block that is not there, OBJECT_INVALID for one that this one is within */
async function checkReferences(context: SaveBlocks, id: string, data: BlockData): Promise<void> {
  const references = [...splitReferences(data).references.values()];
  const within = await readByIds(context.api, "block-document", references);
  const missing = references.find((reference) => !within.has(reference));
  if (missing !== undefined) throw notFound("block to refer to", missing);
  if ((await openBlocks(context, [...within.values()])).has(id)) {
    throw new MillraceError("OBJECT_INVALID", { reason: `block ${id} would be within itself` });
  }
}

async function readSchema(api: SaveBlocks["api"], id: string): Promise<BlockSchema> {
  const schema = await api.readObject("block-schema", id);
  if (schema === null) throw notFound("block schema", id);
  return schema;
}

function notFound(kind: string, name: string): MillraceError {
  return new MillraceError("NOT_FOUND", { kind, name, advice: "Look at the list of those there are." });
}
