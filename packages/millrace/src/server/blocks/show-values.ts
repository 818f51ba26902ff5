/** The values of blocks as they are shown: opened, with those of the blocks within them, and their secrets hidden or not. */

import type { Api } from "../../contract/api.ts";
import { type BlockData, hideSecrets, secretFieldsOf } from "../../contract/block-secrets.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { BlockDocument, BlockSchema } from "../../contract/objects.ts";
import type { Vault } from "../../contract/runtime.ts";
import { blockDocumentSeal } from "../../contract/secrets.ts";
import { readByIds } from "../read-by-ids.ts";
import { splitReferences } from "./references.ts";

/** Documents within documents that one answer shows, at most: few documents can be within one another very often. */
const maxShown = 10_000;

export interface ReadBlocks {
  readonly api: Pick<Api, "listObjects">;
  readonly vault: Pick<Vault, "open">;
  /** Told of a block that cannot be opened, which is then shown without values. Default: it is an error. */
  readonly onUnreadable?: (block: {
    readonly kind: "block-document";
    readonly id: string;
    readonly error: unknown;
  }) => void;
}

export interface ShownBlock {
  readonly document: BlockDocument;
  /** With the data of the blocks within, in the fields that refer to them. */
  readonly data: BlockData;
  /** By field. */
  readonly within: ReadonlyMap<string, ShownBlock>;
}

export interface ShownBlocks {
  /** In the order that was asked for. */
  readonly blocks: readonly ShownBlock[];
  /** Of all of them, by id. */
  readonly schemas: ReadonlyMap<string, BlockSchema>;
}

/** The data of a document, with references in it. @throws SECRET_UNREADABLE */
export async function openBlock({ vault }: Pick<ReadBlocks, "vault">, document: BlockDocument): Promise<BlockData> {
  const { id, sealed, data = {} } = document;
  return sealed === undefined ? data : (JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as BlockData);
}

interface OpenedBlock {
  readonly document: BlockDocument;
  readonly own: BlockData;
  readonly references: ReadonlyMap<string, string>;
}

/** These documents and all that are within them, by id. @throws SECRET_UNREADABLE */
export async function openBlocks(
  context: ReadBlocks,
  documents: readonly BlockDocument[],
): Promise<ReadonlyMap<string, OpenedBlock>> {
  const opened = new Map<string, OpenedBlock>();
  let next = documents;
  while (next.length > 0) {
    for (const document of next) {
      opened.set(document.id, { document, ...splitReferences(await openOr(context, document)) });
    }
    const within = next.flatMap(({ id }) => [...(opened.get(id)?.references.values() ?? [])]);
    const unread = within.filter((id) => !opened.has(id));
    next = [...(await readByIds(context.api, "block-document", unread)).values()];
  }
  return opened;
}

async function openOr({ vault, onUnreadable }: ReadBlocks, document: BlockDocument): Promise<BlockData> {
  try {
    return await openBlock({ vault }, document);
  } catch (error) {
    if (onUnreadable === undefined) throw error;
    onUnreadable({ kind: "block-document", id: document.id, error });
    return {};
  }
}

/** @throws SECRET_UNREADABLE, OBJECT_INVALID for blocks that are within one another too often */
export async function showBlockValues(
  context: ReadBlocks,
  documents: readonly BlockDocument[],
  { includesSecrets }: { readonly includesSecrets: boolean },
): Promise<ShownBlocks> {
  const opened = await openBlocks(context, documents);
  const schemas: ReadonlyMap<string, BlockSchema> = await readByIds(
    context.api,
    "block-schema",
    [...opened.values()].map(({ document }) => document.blockSchemaId),
  );
  let shownCount = 0;

  /** @param above the documents that it is within: one that is within itself is not shown again */
  function show({ document, own, references }: OpenedBlock, above: readonly string[]): ShownBlock {
    if (++shownCount > maxShown) {
      throw new MillraceError("OBJECT_INVALID", { reason: `more than ${maxShown} blocks are within one another` });
    }
    const secretFields = secretFieldsOf(schemas.get(document.blockSchemaId)?.fields);
    const path = [...above, document.id];
    const within = new Map<string, ShownBlock>();
    for (const [field, id] of references) {
      const block = opened.get(id);
      if (block !== undefined && !path.includes(id)) within.set(field, show(block, path));
    }
    const data = {
      ...(includesSecrets ? own : hideSecrets(own, secretFields)),
      ...Object.fromEntries([...within].map(([field, block]) => [field, block.data])),
    };
    return { document, data, within };
  }

  const blocks = documents.flatMap(({ id }) => {
    const root = opened.get(id);
    return root === undefined ? [] : [show(root, [])];
  });
  return { blocks, schemas };
}
