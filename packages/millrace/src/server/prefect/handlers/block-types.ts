import { isMillraceError } from "../../../contract/errors.ts";
import type { BlockType, ObjectChange } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { fromBlockTypeFilters, toPrefectBlockType } from "../mapping/block.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import { listAtMost } from "./list-at-most.ts";

type BlockTypeHandler =
  | "createBlockType"
  | "readBlockTypeById"
  | "readBlockTypeBySlug"
  | "readBlockTypes"
  | "updateBlockType"
  | "deleteBlockType"
  | "installSystemBlockTypes";

export function blockTypeHandlers({ api }: PrefectContext): Pick<PrefectHandlers, BlockTypeHandler> {
  async function read(id: string): Promise<BlockType> {
    const type = await api.readObject("block-type", id);
    if (type === null) throw notFound();
    return type;
  }

  return {
    async createBlockType({ body }) {
      const { name, slug, description, code_example: codeExample } = body;
      if (name.toLowerCase().startsWith("prefect")) {
        throw new PrefectError({ status: 403, detail: "Block type names beginning with 'Prefect' are reserved." });
      }
      try {
        const type = await api.createObject("block-type", {
          name,
          slug,
          logoUrl: body.logo_url,
          documentationUrl: body.documentation_url,
          description: description === null ? null : escapeHtml(description),
          codeExample: codeExample === null ? null : escapeHtml(codeExample),
        });
        return { status: 201, body: toPrefectBlockType(type) };
      } catch (error) {
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        throw new PrefectError({ status: 409, detail: `Block type with name "${name}" already exists` });
      }
    },

    readBlockTypeById: async ({ params: { id } }) => ({ status: 200, body: toPrefectBlockType(await read(id)) }),

    async readBlockTypeBySlug({ params: { slug } }) {
      const where = { field: "slug", in: [slug] };
      const [type] = (await api.listObjects("block-type", { where }, { limit: 1 })).items;
      if (type === undefined) throw notFound();
      return { status: 200, body: toPrefectBlockType(type) };
    },

    async readBlockTypes({ body }) {
      const query = { where: fromBlockTypeFilters(body), sort: { field: "name", direction: "asc" } as const };
      const types = await listAtMost(body, (page) => api.listObjects("block-type", query, page));
      return { status: 200, body: types.map(toPrefectBlockType) };
    },

    /** Clients send what they have each time; only what differs is a change. */
    async updateBlockType({ params: { id }, body }) {
      const type = await read(id);
      const change = toChange(body);
      const differs = (Object.keys(change) as (keyof typeof change)[]).some(
        (field) => (type[field] ?? null) !== (change[field] ?? null),
      );
      if (differs) await api.updateObject("block-type", id, change);
      return { status: 204 };
    },

    async deleteBlockType({ params: { id } }) {
      if ((await read(id)).isProtected === true) {
        throw new PrefectError({ status: 403, detail: "protected block types cannot be deleted." });
      }
      await api.deleteObject("block-type", id);
      return { status: 204 };
    },

    /** A server has those that it uses from its start (app/install-block-types.ts); clients make others as they use them. */
    installSystemBlockTypes: async () => ({ status: 200, body: null }),
  };
}

function toChange(body: PrefectRequest<"updateBlockType">["body"]): ObjectChange<"block-type"> {
  const { logo_url: logoUrl, documentation_url: documentationUrl, code_example: codeExample, description } = body;
  return {
    ...(logoUrl === undefined ? {} : { logoUrl }),
    ...(documentationUrl === undefined ? {} : { documentationUrl }),
    ...(description === undefined ? {} : { description }),
    ...(codeExample === undefined ? {} : { codeExample }),
  };
}

/** Pages show them as HTML. */
function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Block type not found" });
}
