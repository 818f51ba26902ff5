/** The schemas of block types: of each version of a class the fields, found again by the checksum of them. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { BlockSchema, BlockType, NewObject } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import type { Page } from "../../../contract/records.ts";
import { PrefectError } from "../errors.ts";
import { fromBlockSchemaFilter, toPrefectBlockSchema } from "../mapping/block.ts";
import { toBlockChecksum } from "../mapping/block-checksum.ts";
import { parseWithSources } from "../mapping/python-json.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type * as wire from "../schemas/blocks.ts";
import { listAtMost } from "./list-at-most.ts";
import { readByIds } from "../../read-by-ids.ts";

type BlockSchemaHandler =
  | "createBlockSchema"
  | "readBlockSchemaById"
  | "readBlockSchemaByChecksum"
  | "readBlockSchemas"
  | "deleteBlockSchema"
  | "readAvailableBlockCapabilities";

type Fields = Readonly<Record<string, unknown>>;

const newestFirst = { field: "createdAt", direction: "desc" } as const;

/** A block that a schema has a field of, in the client's words. */
interface SchemaReference {
  readonly block_type_slug?: unknown;
  readonly block_schema_checksum?: unknown;
}

export function blockSchemaHandlers({ api }: PrefectContext): Pick<PrefectHandlers, BlockSchemaHandler> {
  async function show(schemas: readonly BlockSchema[]): Promise<wire.BlockSchema[]> {
    const types = await readByIds(
      api,
      "block-type",
      schemas.map(({ blockTypeId }) => blockTypeId),
    );
    return schemas.map((schema) => toPrefectBlockSchema(schema, types.get(schema.blockTypeId) ?? null));
  }

  async function showOne(schema: BlockSchema | null): Promise<wire.BlockSchema> {
    const [shown] = schema === null ? [] : await show([schema]);
    if (shown === undefined) throw notFound();
    return shown;
  }

  async function find(checksum: string, version: string | null): Promise<BlockSchema | null> {
    const where: Condition = {
      all: [
        { field: "checksum", in: [checksum] },
        ...(version === null ? [] : [{ field: "schemaVersion", in: [version] }]),
      ],
    };
    return (await api.listObjects("block-schema", { where, sort: newestFirst }, { limit: 1 })).items[0] ?? null;
  }

  async function findType(slug: string): Promise<BlockType> {
    const where = { field: "slug", in: [slug] };
    const [type] = (await api.listObjects("block-type", { where }, { limit: 1 })).items;
    if (type !== undefined) return type;
    const detail = `There is no block type '${slug}' yet, which this schema has a field of: register it first.`;
    throw new PrefectError({ status: 409, detail });
  }

  /** The schema, or the one of its checksum and version that is there. */
  async function make(schema: NewObject<"block-schema">): Promise<{ schema: BlockSchema; isNew: boolean }> {
    const known = await find(schema.checksum, schema.schemaVersion);
    if (known !== null) return { schema: known, isNew: false };
    try {
      return { schema: await api.createObject("block-schema", schema), isNew: true };
    } catch (error) {
      const other = await find(schema.checksum, schema.schemaVersion);
      if (other === null || !isMillraceError(error, "OBJECT_EXISTS")) throw error;
      return { schema: other, isNew: false };
    }
  }

  /** Makes the schemas of the blocks within, which clients mostly have done before, of their definitions. */
  async function makeNested(fields: Fields): Promise<void> {
    const definitions = isFields(fields.definitions) ? Object.values(fields.definitions).filter(isFields) : [];
    for (const { block_type_slug: slug, block_schema_checksum: checksum } of schemaReferences(fields)) {
      if (typeof slug !== "string" || typeof checksum !== "string") continue;
      const type = await findType(slug);
      const definition = definitions.find((each) => each.block_type_slug === slug);
      if (definition === undefined || (await find(checksum, null)) !== null) continue;
      const whole = { ...definition, definitions: fields.definitions };
      await make({ blockTypeId: type.id, checksum, schemaVersion: unversioned, capabilities: [], fields: whole });
    }
  }

  return {
    async createBlockSchema({ body, bodyText }) {
      const { block_type_id: blockTypeId, fields, capabilities, version } = body;
      if ((await api.readObject("block-type", blockTypeId)) === null) {
        throw new PrefectError({ status: 404, detail: `Block type ${blockTypeId} not found.` });
      }
      const checksum = toBlockChecksum((parseWithSources(bodyText) as { fields?: Fields }).fields ?? {});
      await makeNested(fields);
      const { schema, isNew } = await make({ blockTypeId, checksum, schemaVersion: version, capabilities, fields });
      return { status: isNew ? 201 : 200, body: await showOne(schema) };
    },

    readBlockSchemaById: async ({ params: { id } }) => ({
      status: 200,
      body: await showOne(await api.readObject("block-schema", id)),
    }),

    readBlockSchemaByChecksum: async ({ params: { checksum }, query: { version } }) => ({
      status: 200,
      body: await showOne(await find(checksum, version)),
    }),

    async readBlockSchemas({ body }) {
      const { block_schemas: filter } = body;
      const query = { sort: newestFirst, ...(filter === null ? {} : { where: fromBlockSchemaFilter(filter) }) };
      const schemas = await listAtMost(body, (page) => api.listObjects("block-schema", query, page));
      return { status: 200, body: await show(schemas) };
    },

    async deleteBlockSchema({ params: { id } }) {
      const schema = await showOne(await api.readObject("block-schema", id));
      if (schema.block_type?.is_protected === true) {
        throw new PrefectError({
          status: 403,
          detail: "Block schemas for protected block types cannot be deleted.",
        });
      }
      await api.deleteObject("block-schema", id);
      return { status: 204 };
    },

    async readAvailableBlockCapabilities() {
      const found = new Set<string>();
      let cursor: string | null = null;
      do {
        const page: Page<BlockSchema> = await api.listObjects("block-schema", {}, { limit: 500, cursor });
        for (const { capabilities } of page.items) for (const capability of capabilities) found.add(capability);
        cursor = page.next;
      } while (cursor !== null);
      return { status: 200, body: [...found].sort() };
    },
  };
}

/** What clients call the version of a class without one. */
const unversioned = "non-versioned";

function schemaReferences({ block_schema_references: references }: Fields): readonly SchemaReference[] {
  return isFields(references) ? Object.values(references).flat().filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Block schema not found" });
}
