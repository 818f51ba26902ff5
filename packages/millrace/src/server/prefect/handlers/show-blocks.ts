/** Block documents as they are shown: opened, with the documents within them, and their secrets hidden or not. */

import type { BlockDocument, BlockSchema, BlockType } from "../../../contract/objects.ts";
import { blockDocumentSeal } from "../../../contract/secrets.ts";
import { PrefectError } from "../errors.ts";
import { toPrefectBlockSchema, toPrefectBlockType } from "../mapping/block.ts";
import { splitReferences } from "../mapping/block-references.ts";
import { type BlockData, hideSecrets, secretFieldsOf } from "../../../contract/block-secrets.ts";
import type { PrefectContext } from "../routes-table-types.ts";
import type * as wire from "../schemas/blocks.ts";
import { toPrefectTime } from "../times.ts";
import { readByIds } from "./read-by-ids.ts";

/** Documents within documents that one answer shows, at most: few documents can be within one another very often. */
const maxShown = 10_000;

type BlockContext = Pick<PrefectContext, "api" | "vault" | "onUnreadable">;

/** The data of a document, with references in it. @throws SECRET_UNREADABLE */
export async function openBlock({ vault }: Pick<PrefectContext, "vault">, document: BlockDocument): Promise<BlockData> {
  const { id, sealed, data = {} } = document;
  return sealed === undefined ? data : (JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as BlockData);
}

interface Opened {
  readonly document: BlockDocument;
  readonly own: BlockData;
  readonly references: ReadonlyMap<string, string>;
}

/**
 * These documents and all that are within them, by id. Where nobody is told of one that cannot be opened, it is an error.
 *
 * @throws SECRET_UNREADABLE
 */
export async function openBlocks(
  context: BlockContext,
  documents: readonly BlockDocument[],
): Promise<ReadonlyMap<string, Opened>> {
  const opened = new Map<string, Opened>();
  let next = documents;
  while (next.length > 0) {
    for (const document of next) {
      opened.set(document.id, { document, ...splitReferences(await openOr(context, document)) });
    }
    const within = next.flatMap(({ id }) => [...(opened.get(id)?.references.values() ?? [])]);
    const unread = within.filter((id) => !opened.has(id));
    next = [...(await readByIds(context.api, "block-document", unread)).values()];
  }
  return opened;
}

/** One that cannot be opened is shown without its fields. */
async function openOr({ vault, onUnreadable }: BlockContext, document: BlockDocument): Promise<BlockData> {
  try {
    return await openBlock({ vault }, document);
  } catch (error) {
    if (onUnreadable === undefined) throw error;
    onUnreadable({ kind: "block-document", id: document.id, error });
    return {};
  }
}

interface Shown {
  readonly data: Record<string, unknown>;
  readonly references: Record<string, Record<string, unknown>>;
}

export async function showBlocks(
  context: BlockContext,
  documents: readonly BlockDocument[],
  { includesSecrets }: { readonly includesSecrets: boolean },
): Promise<wire.BlockDocument[]> {
  const opened = await openBlocks(context, documents);
  const all = [...opened.values()].map(({ document }) => document);
  const schemas: ReadonlyMap<string, BlockSchema> = await readByIds(
    context.api,
    "block-schema",
    all.map(({ blockSchemaId }) => blockSchemaId),
  );
  const types: ReadonlyMap<string, BlockType> = await readByIds(
    context.api,
    "block-type",
    all.map(({ blockTypeId }) => blockTypeId),
  );
  let shownCount = 0;

  /** @param above the documents that it is within: one that is within itself is not shown again */
  function show({ document, own, references }: Opened, above: readonly string[]): Shown {
    if (++shownCount > maxShown) {
      throw new PrefectError({ status: 400, detail: `More than ${maxShown} blocks are within one another.` });
    }
    const secretFields = secretFieldsOf(schemas.get(document.blockSchemaId)?.fields);
    const data: Record<string, unknown> = { ...(includesSecrets ? own : hideSecrets(own, secretFields)) };
    const shown: Shown = { data, references: {} };
    const path = [...above, document.id];
    for (const [field, id] of references) {
      const within = opened.get(id);
      if (within === undefined || path.includes(id)) continue;
      const { data: dataWithin, references: referencesWithin } = show(within, path);
      const type = types.get(within.document.blockTypeId);
      data[field] = dataWithin;
      shown.references[field] = {
        block_document: {
          id,
          name: within.document.name,
          block_type: type === undefined ? null : toPrefectBlockType(type),
          is_anonymous: within.document.anonymous,
          block_document_references: referencesWithin,
        },
      };
    }
    return shown;
  }

  return documents.flatMap((document) => {
    const root = opened.get(document.id);
    if (root === undefined) return [];
    const { data, references } = show(root, []);
    const type = types.get(document.blockTypeId) ?? null;
    const schema = schemas.get(document.blockSchemaId);
    return {
      id: document.id,
      created: toPrefectTime(document.createdAt),
      updated: toPrefectTime(document.updatedAt),
      name: document.name,
      data,
      block_schema_id: document.blockSchemaId,
      block_schema: schema === undefined ? null : toPrefectBlockSchema(schema, type),
      block_type_id: document.blockTypeId,
      block_type_name: type?.name ?? null,
      block_type: type === null ? null : toPrefectBlockType(type),
      block_document_references: references,
      is_anonymous: document.anonymous,
    };
  });
}
