/** The blocks that another is within: what they hold is sealed, so only who has the key can say. */

import type { BlockAround } from "../../contract/wire/sealed-values.ts";
import { splitReferences } from "./references.ts";
import { openBlock, type ReadBlocks } from "./show-values.ts";

const pageSize = 200;
const maxBlocks = 200;

/** At most 200. One that cannot be opened is left out: nobody can say what it refers to. */
export async function findBlocksAround(
  { api, vault }: Pick<ReadBlocks, "api" | "vault">,
  id: string,
): Promise<readonly BlockAround[]> {
  const found: BlockAround[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(api, cursor);
    for (const document of page.items) {
      const references = await openBlock({ vault }, document)
        .then((data) => [...splitReferences(data).references])
        .catch(() => []);
      const fields = references.flatMap(([field, within]) => (within === id ? [field] : []));
      if (fields.length > 0) found.push({ id: document.id, name: document.name, fields });
      if (found.length === maxBlocks) return found;
    }
    cursor = page.next;
    if (cursor === null) return found;
  }
}

const readPage = (api: ReadBlocks["api"], cursor: string | null) =>
  api.listObjects("block-document", {}, { limit: pageSize, cursor });
