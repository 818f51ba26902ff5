/** What blocks are of: types, and the newest schema of each. */

import type { BlockSchema, BlockType } from "millrace/client";
import { api } from "../../api/api.ts";

/** Types there may be to choose from. */
const maxTypes = 500;

export async function listBlockTypes(): Promise<readonly BlockType[]> {
  const sort = { field: "name", direction: "asc" } as const;
  return (await api.listObjects("block-type", { sort }, { limit: maxTypes })).items;
}

export async function readNewestSchema(blockTypeId: string): Promise<BlockSchema | null> {
  const query = {
    where: { field: "blockTypeId", in: [blockTypeId] },
    sort: { field: "createdAt", direction: "desc" },
  } as const;
  return (await api.listObjects("block-schema", query, { limit: 1 })).items[0] ?? null;
}

/** Paths of its secret fields: `password`, `options.token`, `headers.*`. */
export function secretFieldsOf(schema: BlockSchema | null): readonly string[] {
  const named = schema?.fields?.secret_fields;
  return Array.isArray(named) ? named.filter((field) => typeof field === "string") : [];
}

/** Whether the field, or something in it, is shown to nobody. */
export function isSecretField(name: string, secretFields: readonly string[]): boolean {
  return secretFields.includes(name) || secretFields.includes(`${name}.*`);
}
