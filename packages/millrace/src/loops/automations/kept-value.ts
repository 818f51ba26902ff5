/** Values that a loop keeps in the ledger by name, each guarded by its revision: who is behind writes nothing. */

import type { Api } from "../../contract/api.ts";
import { isMillraceError } from "../../contract/errors.ts";
import { configurationIdOf } from "../../contract/evaluations.ts";

export type KeptValueApi = Pick<Api, "readObject" | "createObject" | "updateObject" | "deleteObject">;

export interface KeptValue<Value> {
  readonly value: Value;
  readonly revision: number;
}

/** Null when there is none. What was written is trusted to be of the type. */
export async function readKeptValue<Value>(
  api: Pick<KeptValueApi, "readObject">,
  name: string,
): Promise<KeptValue<Value> | null> {
  const found = await api.readObject("configuration", configurationIdOf(name));
  return found === null ? null : { value: found.value as Value, revision: found.revision };
}

/**
 * Writes a value if it is still as it was read, by its revision; null: it was not there. The new revision, or null when
 * somebody else has written it since.
 */
export async function writeKeptValue(
  api: KeptValueApi,
  name: string,
  { value, revision }: { readonly value: unknown; readonly revision: number | null },
): Promise<number | null> {
  try {
    const written =
      revision === null
        ? await api.createObject("configuration", { id: configurationIdOf(name), name, value })
        : await api.updateObject("configuration", configurationIdOf(name), { value }, revision);
    return written?.revision ?? null;
  } catch (error) {
    if (isMillraceError(error, "REVISION_CONFLICT") || isMillraceError(error, "OBJECT_EXISTS")) return null;
    throw error;
  }
}

export async function deleteKeptValue(api: KeptValueApi, name: string): Promise<void> {
  await api.deleteObject("configuration", configurationIdOf(name));
}
