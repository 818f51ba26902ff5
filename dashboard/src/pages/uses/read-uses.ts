/** What refers to a block or a variable, as far as the server can say. */

import type { Use, UsedThing, Uses } from "millrace/client";
import { api } from "../../api/api.ts";
import { ofKind } from "../../api/queries.ts";

/** What can refer to one. */
export const ofUsers = ofKind("deployment", "schedule", "work-pool", "automation", "block-document");

/** With the blocks that it is within, whose values only the server can open. */
export async function readUses(of: UsedThing): Promise<Uses> {
  if (of.kind === "variable") return api.findUses(of);
  const [{ items, isCut }, around] = await Promise.all([api.findUses(of), api.listBlocksAround(of.id)]);
  const blocks = around
    .filter(({ id }) => !items.some((item) => item.id === id))
    .map((block): Use => ({ kind: "block-document", ...block }));
  return { items: [...items, ...blocks], isCut };
}
