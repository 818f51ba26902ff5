/**
 * The values of blocks. They are sealed before they are kept, with a key that stays with the server, and /v1 has no route that
 * seals: they go the way that Prefect's client sends them, as from the command line. A secret comes here as asterisks only;
 * sent back as that, it stays what it is.
 */

import { type JsonObject, MillraceError } from "millrace/client";
import { baseUrl } from "./api.ts";

/** What a secret looks like, whatever it is. */
export const hiddenSecret = "********";

export interface BlockValues {
  readonly data: JsonObject;
  /** Blocks within it, by field. */
  readonly references: Readonly<Record<string, unknown>>;
}

export async function readBlockValues(id: string): Promise<BlockValues | null> {
  const answer = await ask("GET", `api/block_documents/${id}`);
  if (answer === null) return null;
  const { data = {}, block_document_references: references = {} } = answer as {
    readonly data?: JsonObject;
    readonly block_document_references?: Readonly<Record<string, unknown>>;
  };
  return { data, references };
}

/** @throws OBJECT_EXISTS for a name that is taken */
export async function createBlock(block: {
  readonly name: string;
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
  readonly data: JsonObject;
}): Promise<{ readonly id: string }> {
  const { name, blockTypeId, blockSchemaId, data } = block;
  const body = { name, data, block_type_id: blockTypeId, block_schema_id: blockSchemaId };
  return (await ask("POST", "api/block_documents/", body)) as { readonly id: string };
}

/** These are all of its values; what is left out of them is gone. */
export async function changeBlockValues(id: string, data: JsonObject): Promise<void> {
  await ask("PATCH", `api/block_documents/${id}`, { data, merge_existing_data: false });
}

/** Null for what is not there. */
async function ask(verb: string, path: string, body?: unknown): Promise<unknown> {
  const request = {
    method: verb,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  };
  const response = await fetch(new URL(path, baseUrl), request).catch((cause: unknown) => {
    throw new MillraceError("SERVER_UNREACHABLE", { url: baseUrl, reason: "nothing answers" }, { cause });
  });
  const text = await response.text();
  if (response.ok) return text === "" ? {} : (JSON.parse(text) as unknown);
  if (response.status === 404) return null;
  if (response.status === 409) throw new MillraceError("OBJECT_EXISTS", { kind: "block", name: nameOf(body) });
  const reason = `the server answers ${response.status}: ${text.slice(0, 300)}`;
  throw new MillraceError("USAGE", { reason, advice: "Correct the values; its type says what they must be." });
}

function nameOf(body: unknown): string {
  const { name } = (body ?? {}) as { readonly name?: string };
  return name ?? "of this name";
}
