/** Saves a block by a server, as the command line does: its values go there as they are, and are sealed there. */

import type { Client } from "millrace/client";
import { ensureBlockType, saveBlock } from "../../packages/millrace/src/app/save-block.ts";
import { knownBlockTypes } from "../../packages/millrace/src/contract/known-block-types.ts";
import type { JsonObject } from "../../packages/millrace/src/contract/objects.ts";

/** @param block.name as `type/name` */
export async function sendBlock(
  client: Client,
  block: { readonly name: string; readonly data: object },
): Promise<void> {
  const [slug = "", name = ""] = block.name.split("/");
  const toMake = knownBlockTypes.find((each) => each.slug === slug) ?? null;
  const found = await ensureBlockType(client, { slug, toMake });
  if (found === null) throw new Error(`There is no type of blocks ${slug}`);
  const host = { api: client, client, vault: () => Promise.reject(new Error("the server seals it")) };
  await saveBlock(host, { ...found, name, data: block.data as JsonObject, replaces: false });
}
