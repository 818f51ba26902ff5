/** Saved blocks. Their data is sealed before it is kept, and opened for those who ask. */

import { isDeepStrictEqual } from "node:util";
import { isMillraceError, MillraceError } from "../../../contract/errors.ts";
import type { BlockDocument, BlockSchema } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import { blockDocumentSeal } from "../../../contract/secrets.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { PrefectError } from "../errors.ts";
import { fromBlockDocumentFilters } from "../mapping/block.ts";
import { splitReferences } from "../mapping/block-references.ts";
import { type BlockData, secretFieldsOf } from "../../../contract/block-secrets.ts";
import { keepSecrets } from "../mapping/block-secrets.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type * as wire from "../schemas/blocks.ts";
import { listAtMost } from "./list-at-most.ts";
import { readByIds } from "./read-by-ids.ts";
import { openBlock, openBlocks, showBlocks } from "./show-blocks.ts";

type BlockDocumentHandler =
  | "createBlockDocument"
  | "readBlockDocumentById"
  | "readBlockDocuments"
  | "countBlockDocuments"
  | "updateBlockDocumentData"
  | "deleteBlockDocument"
  | "readBlockDocumentsForBlockType"
  | "readBlockDocumentByNameForBlockType";

/** Documents that are sorted here, by the names of their types, at most. */
const maxSorted = 10_000;

/** How often a change is made again because another one came between. */
const maxRaces = 20;

export function blockDocumentHandlers(context: PrefectContext): Pick<PrefectHandlers, BlockDocumentHandler> {
  const { api, vault } = context;
  /** Of one that is asked for alone it is told that it cannot be opened. */
  const alone = { api, vault };

  async function showOne(document: BlockDocument | null, includesSecrets: boolean): Promise<wire.BlockDocument> {
    const [shown] = document === null ? [] : await showBlocks(alone, [document], { includesSecrets });
    if (shown === undefined) throw notFound();
    return shown;
  }

  async function findOne(where: Condition): Promise<BlockDocument | null> {
    return (await api.listObjects("block-document", { where }, { limit: 1 })).items[0] ?? null;
  }

  /** @throws PrefectError 409 for a document that is not there, 400 for one that this one is within */
  async function checkReferences(id: string, data: BlockData): Promise<void> {
    const references = [...splitReferences(data).references.values()];
    const within = await readByIds(api, "block-document", references);
    for (const reference of references) {
      if (within.has(reference)) continue;
      throw new PrefectError({ status: 409, detail: `There is no block document ${reference} to refer to.` });
    }
    if ((await openBlocks(alone, [...within.values()])).has(id)) {
      throw new PrefectError({ status: 400, detail: `Block document ${id} would be within itself.` });
    }
  }

  async function readSchema(id: string): Promise<BlockSchema> {
    const schema = await api.readObject("block-schema", id);
    if (schema === null) throw new PrefectError({ status: 409, detail: `There is no block schema ${id}.` });
    return schema;
  }

  async function update(id: string, change: PrefectRequest<"updateBlockDocumentData">["body"]): Promise<void> {
    const found = await api.readObject("block-document", id);
    if (found === null) throw notFound();
    const schema = await readSchema(found.blockSchemaId);
    const kept = await openBlock(context, found);
    const sent = await withReferences(change.data, { found, kept });
    const own = keepSecrets(sent, { kept, secretFields: secretFieldsOf(schema.fields) });
    const data = change.merge_existing_data ? { ...kept, ...own } : own;
    await checkReferences(id, data);
    const blockSchemaId = change.block_schema_id ?? found.blockSchemaId;
    if ((await readSchema(blockSchemaId)).blockTypeId !== found.blockTypeId) {
      throw new PrefectError({ status: 400, detail: "A block can only take another schema of its own type." });
    }
    const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify(data));
    // What was written in the open is so no longer.
    const opened = found.data === undefined ? {} : { data: {} };
    const written = await api.updateObject("block-document", id, { sealed, blockSchemaId, ...opened }, found.revision);
    if (written === null) throw notFound();
  }

  /** What was sent; a block within that was sent back as it had been shown is still the reference that it was. */
  async function withReferences(
    sent: BlockData,
    { found, kept }: { readonly found: BlockDocument; readonly kept: BlockData },
  ): Promise<BlockData> {
    const fields = [...splitReferences(kept).references.keys()].filter((field) => Object.hasOwn(sent, field));
    if (fields.length === 0) return sent;
    const shown = await showOne(found, false);
    const unchanged = fields.filter((field) => isDeepStrictEqual(sent[field], shown.data[field]));
    return { ...sent, ...Object.fromEntries(unchanged.map((field) => [field, kept[field]])) };
  }

  return {
    async createBlockDocument({ body }) {
      const { block_type_id: blockTypeId, block_schema_id: blockSchemaId, is_anonymous: anonymous, data } = body;
      if ((await api.readObject("block-type", blockTypeId)) === null) {
        throw new PrefectError({ status: 409, detail: `There is no block type ${blockTypeId}.` });
      }
      await readSchema(blockSchemaId);
      const id = uuidv7();
      await checkReferences(id, data);
      const name = body.name === null || body.name === "" ? `anonymous-${id}` : body.name;
      const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify(data));
      try {
        const made = { id, blockTypeId, blockSchemaId, name, anonymous, sealed };
        const document = await api.createObject("block-document", made);
        return { status: 201, body: await showOne(document, false) };
      } catch (error) {
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        throw new PrefectError({ status: 409, detail: "Block already exists" });
      }
    },

    async readBlockDocumentById({ params: { id }, query }) {
      const document = await api.readObject("block-document", id);
      return { status: 200, body: await showOne(document, query.include_secrets) };
    },

    async readBlockDocuments({ body }) {
      const where = fromBlockDocumentFilters(body);
      const documents =
        body.sort === "BLOCK_TYPE_AND_NAME_ASC"
          ? await listByType(context, where, body)
          : await listAtMost(body, (page) => {
              const direction = body.sort === "NAME_DESC" ? "desc" : "asc";
              return api.listObjects("block-document", { where, sort: { field: "name", direction } }, page);
            });
      return { status: 200, body: await showBlocks(context, documents, { includesSecrets: body.include_secrets }) };
    },

    countBlockDocuments: async ({ body }) => ({
      status: 200,
      body: await api.count("block-document", fromBlockDocumentFilters(body)),
    }),

    async updateBlockDocumentData({ params: { id }, body }) {
      for (let race = 0; race < maxRaces; race++) {
        try {
          await update(id, body);
          return { status: 204 };
        } catch (error) {
          if (!isMillraceError(error, "REVISION_CONFLICT")) throw error;
        }
      }
      throw new MillraceError("LEDGER_BUSY", { location: `block document ${id}`, waited: `${maxRaces} attempts` });
    },

    async deleteBlockDocument({ params: { id } }) {
      if (!(await api.deleteObject("block-document", id))) throw notFound();
      return { status: 204 };
    },

    async readBlockDocumentsForBlockType({ params: { slug }, query }) {
      const where: Condition = { field: "slug", in: [slug] };
      const [type] = (await api.listObjects("block-type", { where }, { limit: 1 })).items;
      if (type === undefined) throw new PrefectError({ status: 404, detail: "Block type not found" });
      const ofType: Condition = {
        all: [
          { field: "blockTypeId", in: [type.id] },
          { field: "anonymous", in: [false] },
        ],
      };
      const sort = { field: "name", direction: "asc" } as const;
      const { items } = await api.listObjects("block-document", { where: ofType, sort }, { limit: maxSorted });
      return { status: 200, body: await showBlocks(context, items, { includesSecrets: query.include_secrets }) };
    },

    async readBlockDocumentByNameForBlockType({ params: { slug, block_document_name: name }, query }) {
      const document = await findOne({
        all: [
          { field: "name", in: [name] },
          { related: "block-type", where: { field: "slug", in: [slug] } },
        ],
      });
      return { status: 200, body: await showOne(document, query.include_secrets) };
    },
  };
}

/** In the order of their types' names, then of their own: no column of theirs has that. */
async function listByType(
  { api }: PrefectContext,
  where: Condition,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<readonly BlockDocument[]> {
  const sort = { field: "name", direction: "asc" } as const;
  const { items } = await api.listObjects("block-document", { where, sort }, { limit: maxSorted });
  const types = await readByIds(
    api,
    "block-type",
    items.map(({ blockTypeId }) => blockTypeId),
  );
  const nameOf = ({ blockTypeId }: BlockDocument): string => types.get(blockTypeId)?.name ?? "";
  const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
  return items.toSorted((one, other) => compare(nameOf(one), nameOf(other))).slice(offset, offset + limit);
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Block document not found" });
}
