/** Block documents as Prefect's clients know them. */

import type { BlockDocument, BlockType } from "../../../contract/objects.ts";
import { type ShownBlock, showBlockValues } from "../../blocks/show-values.ts";
import { readByIds } from "../../read-by-ids.ts";
import { toPrefectBlockSchema, toPrefectBlockType } from "../mapping/block.ts";
import type { PrefectContext } from "../routes-table-types.ts";
import type * as wire from "../schemas/blocks.ts";
import { toPrefectTime } from "../times.ts";

/** Where nobody is told of one that cannot be opened, it is an error. @throws SECRET_UNREADABLE, OBJECT_INVALID */
export async function showBlocks(
  context: Pick<PrefectContext, "api" | "vault" | "onUnreadable">,
  documents: readonly BlockDocument[],
  { includesSecrets }: { readonly includesSecrets: boolean },
): Promise<wire.BlockDocument[]> {
  const { blocks, schemas } = await showBlockValues(context, documents, { includesSecrets });
  const types: ReadonlyMap<string, BlockType> = await readByIds(
    context.api,
    "block-type",
    blocks.flatMap(withAllWithin).map(({ document }) => document.blockTypeId),
  );

  function showReferences(within: ReadonlyMap<string, ShownBlock>): Record<string, Record<string, unknown>> {
    return Object.fromEntries(
      [...within].map(([field, { document, within: below }]) => {
        const type = types.get(document.blockTypeId);
        const reference = {
          id: document.id,
          name: document.name,
          block_type: type === undefined ? null : toPrefectBlockType(type),
          is_anonymous: document.anonymous,
          block_document_references: showReferences(below),
        };
        return [field, { block_document: reference }];
      }),
    );
  }

  return blocks.map(({ document, data, within }) => {
    const type = types.get(document.blockTypeId) ?? null;
    const schema = schemas.get(document.blockSchemaId);
    return {
      id: document.id,
      created: toPrefectTime(document.createdAt),
      updated: toPrefectTime(document.updatedAt),
      name: document.name,
      data: { ...data },
      block_schema_id: document.blockSchemaId,
      block_schema: schema === undefined ? null : toPrefectBlockSchema(schema, type),
      block_type_id: document.blockTypeId,
      block_type_name: type?.name ?? null,
      block_type: type === null ? null : toPrefectBlockType(type),
      block_document_references: showReferences(within),
      is_anonymous: document.anonymous,
    };
  });
}

function withAllWithin(block: ShownBlock): readonly ShownBlock[] {
  return [block, ...[...block.within.values()].flatMap(withAllWithin)];
}
