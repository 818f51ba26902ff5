/** Saved blocks. Their data is sealed before it is kept, and opened for those who ask. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { BlockDocument } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import { changeBlock, createBlock } from "../../blocks/save-blocks.ts";
import { readByIds } from "../../read-by-ids.ts";
import { PrefectError } from "../errors.ts";
import { fromBlockDocumentFilters } from "../mapping/block.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type * as wire from "../schemas/blocks.ts";
import { listAtMost } from "./list-at-most.ts";
import { showBlocks } from "./show-blocks.ts";

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

  return {
    async createBlockDocument({ body }) {
      const { block_type_id: blockTypeId, block_schema_id: blockSchemaId, is_anonymous: anonymous, data } = body;
      const name = body.name === "" ? null : body.name;
      const block = { blockTypeId, blockSchemaId, name, anonymous, data };
      const document = await refusing(() => createBlock(alone, block));
      return { status: 201, body: await showOne(document, false) };
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
      const { data, merge_existing_data: merges, block_schema_id: blockSchemaId } = body;
      const change = { data, merges, blockSchemaId: blockSchemaId ?? undefined };
      if (!(await refusing(() => changeBlock(alone, id, change)))) throw notFound();
      return { status: 204 };
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

/** What cannot be saved, with the statuses that Prefect's server has for it. */
async function refusing<T>(save: () => Promise<T>): Promise<T> {
  try {
    return await save();
  } catch (error) {
    if (isMillraceError(error, "OBJECT_EXISTS"))
      throw new PrefectError({ status: 409, detail: "Block already exists" });
    if (isMillraceError(error, "NOT_FOUND")) throw new PrefectError({ status: 409, detail: error.message });
    if (isMillraceError(error, "OBJECT_INVALID")) throw new PrefectError({ status: 400, detail: error.message });
    throw error;
  }
}
