/** Blocks: typed and stored configuration. A type has schemas, a schema's documents have data. */

import * as z from "zod";
import { jsonObject, lowerCaseKey, name, orNull, record, slice, text, texts, uuid } from "./common.ts";
import { anyOrLikeText, anyText, anyUuid, isEqual, likeText, operator } from "./filter-fields.ts";

export const blockTypeCreate = z
  .object({
    name,
    slug: lowerCaseKey,
    logo_url: orNull(text),
    documentation_url: orNull(text),
    description: orNull(text),
    code_example: orNull(text),
  })
  .meta({ id: "BlockTypeCreate" });

/** What is left out stays as it is. */
export const blockTypeUpdate = z
  .object({
    logo_url: text.nullish(),
    documentation_url: text.nullish(),
    description: text.nullish(),
    code_example: text.nullish(),
  })
  .meta({ id: "BlockTypeUpdate" });

export const blockType = z
  .object({
    ...record,
    name: text,
    slug: text,
    logo_url: text.nullable(),
    documentation_url: text.nullable(),
    description: text.nullable(),
    code_example: text.nullable(),
    is_protected: z.boolean(),
  })
  .meta({ id: "BlockType" });

export const blockSchemaCreate = z
  .object({
    fields: jsonObject.default({}),
    block_type_id: uuid,
    capabilities: texts.default([]),
    version: text.default("non-versioned"),
  })
  .meta({ id: "BlockSchemaCreate" });

export const blockSchema = z
  .object({
    ...record,
    checksum: text,
    fields: jsonObject,
    block_type_id: uuid.nullable(),
    block_type: blockType.nullable(),
    capabilities: texts,
    version: text,
  })
  .meta({ id: "BlockSchema" });

const blockDocumentName = name.regex(/^[a-z0-9-]*$/, "must only contain lowercase letters, numbers, and dashes.");

export const blockDocumentCreate = z
  .object({
    name: orNull(blockDocumentName),
    data: jsonObject.default({}),
    block_schema_id: uuid,
    block_type_id: uuid,
    is_anonymous: z.boolean().default(false),
  })
  .refine((given) => given.is_anonymous || given.name !== null, "Names must be provided for block documents.")
  .meta({ id: "BlockDocumentCreate" });

/** The data is laid over what is there, unless it is to take its place. */
export const blockDocumentUpdate = z
  .object({
    block_schema_id: uuid.nullish(),
    data: jsonObject.default({}),
    merge_existing_data: z.boolean().default(true),
  })
  .meta({ id: "BlockDocumentUpdate" });

/** `block_document_references` tells, by field, of documents within this one. */
export const blockDocument = z
  .object({
    ...record,
    name: text.nullable(),
    data: jsonObject,
    block_schema_id: uuid,
    block_schema: blockSchema.nullable(),
    block_type_id: uuid,
    block_type_name: text.nullable(),
    block_type: blockType.nullable(),
    block_document_references: z.record(z.string(), jsonObject),
    is_anonymous: z.boolean(),
  })
  .meta({ id: "BlockDocument" });

const blockTypeFilter = z.object({ name: orNull(likeText), slug: orNull(anyText) }).meta({ id: "BlockTypeFilter" });

const blockSchemaFilter = z
  .object({
    operator,
    block_type_id: orNull(anyUuid),
    block_capabilities: orNull(z.object({ all_: orNull(texts) })),
    id: orNull(anyUuid),
    version: orNull(anyText),
  })
  .meta({ id: "BlockSchemaFilter" });

/** Anonymous documents are found only by those who ask for them. */
const blockDocumentFilter = z
  .object({
    operator,
    id: orNull(anyUuid),
    is_anonymous: isEqual.nullable().default({ eq_: false }),
    block_type_id: orNull(anyUuid),
    name: orNull(anyOrLikeText),
  })
  .meta({ id: "BlockDocumentFilter" });

const filters = {
  block_types: orNull(blockTypeFilter),
  block_schemas: orNull(blockSchemaFilter),
};

export const readBlockTypesBody = z.object({ ...filters, ...slice });
export const readBlockSchemasBody = z.object({ block_schemas: filters.block_schemas, ...slice });
export const countBlockDocumentsBody = z.object({ block_documents: orNull(blockDocumentFilter), ...filters });

export const readBlockDocumentsBody = z.object({
  ...countBlockDocumentsBody.shape,
  ...slice,
  include_secrets: z.boolean().default(false),
  sort: z.enum(["NAME_DESC", "NAME_ASC", "BLOCK_TYPE_AND_NAME_ASC"]).nullable().default("NAME_ASC"),
});

export const secretsQuery = z.object({ include_secrets: z.stringbool().default(false) });

export const checksumQuery = z.object({ version: orNull(text) });

export type BlockTypeFilter = z.output<typeof blockTypeFilter>;
export type BlockSchemaFilter = z.output<typeof blockSchemaFilter>;
export type BlockDocumentFilter = z.output<typeof blockDocumentFilter>;
export type BlockType = z.output<typeof blockType>;
export type BlockSchema = z.output<typeof blockSchema>;
export type BlockDocument = z.output<typeof blockDocument>;
