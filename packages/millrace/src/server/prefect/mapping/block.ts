/** Types and schemas of blocks, and the filters of blocks. */

import type { BlockSchema, BlockType } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import type * as wire from "../schemas/blocks.ts";
import { toPrefectTime } from "../times.ts";
import { fromField, fromTags, joined } from "./filters.ts";

export function toPrefectBlockType(type: BlockType): wire.BlockType {
  return {
    id: type.id,
    created: toPrefectTime(type.createdAt),
    updated: toPrefectTime(type.updatedAt),
    name: type.name,
    slug: type.slug,
    logo_url: type.logoUrl ?? null,
    documentation_url: type.documentationUrl ?? null,
    description: type.description ?? null,
    code_example: type.codeExample ?? null,
    is_protected: type.isProtected ?? false,
  };
}

export function toPrefectBlockSchema(schema: BlockSchema, type: BlockType | null): wire.BlockSchema {
  return {
    id: schema.id,
    created: toPrefectTime(schema.createdAt),
    updated: toPrefectTime(schema.updatedAt),
    checksum: schema.checksum,
    fields: { block_schema_references: {}, ...schema.fields },
    block_type_id: schema.blockTypeId,
    block_type: type === null ? null : toPrefectBlockType(type),
    capabilities: [...schema.capabilities],
    version: schema.schemaVersion,
  };
}

interface BlockFilters {
  readonly block_types: wire.BlockTypeFilter | null;
  readonly block_schemas: wire.BlockSchemaFilter | null;
}

/** Types that match, and have a schema that matches where one is asked for. */
export function fromBlockTypeFilters({ block_types: types, block_schemas: schemas }: BlockFilters): Condition {
  return joined("and_", [types && fromBlockTypeFilter(types), schemas && ofSchema(schemas)]);
}

/** Documents that match, of types and schemas that match. Without a filter those that people have named. */
export function fromBlockDocumentFilters(
  filters: BlockFilters & { readonly block_documents: wire.BlockDocumentFilter | null },
): Condition {
  const { block_documents: documents, block_types: types, block_schemas: schemas } = filters;
  return joined("and_", [
    documents === null ? { field: "anonymous", in: [false] } : fromBlockDocumentFilter(documents),
    types && { related: "block-type", where: fromBlockTypeFilter(types) },
    schemas && ofSchema(schemas),
  ]);
}

export function fromBlockSchemaFilter(filter: wire.BlockSchemaFilter): Condition {
  return joined(filter.operator, [
    fromField("blockTypeId", filter.block_type_id),
    fromTags(filter.block_capabilities, "capabilities"),
    fromField("id", filter.id),
    fromField("schemaVersion", filter.version),
  ]);
}

function ofSchema(filter: wire.BlockSchemaFilter): Condition {
  return { related: "block-schema", where: fromBlockSchemaFilter(filter) };
}

function fromBlockTypeFilter({ name, slug }: wire.BlockTypeFilter): Condition {
  return joined("and_", [fromField("name", name), fromField("slug", slug)]);
}

function fromBlockDocumentFilter(filter: wire.BlockDocumentFilter): Condition {
  return joined(filter.operator, [
    fromField("id", filter.id),
    fromField("anonymous", filter.is_anonymous),
    fromField("blockTypeId", filter.block_type_id),
    fromField("name", filter.name),
  ]);
}
