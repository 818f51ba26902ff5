/** Blocks within blocks: a field of a document's data that is `{ $ref: { block_document_id } }` stands for another document. */

import { MillraceError } from "../../contract/errors.ts";
import type { BlockData } from "../../contract/block-secrets.ts";

export interface SplitData {
  /** What is the document's own. */
  readonly own: BlockData;
  /** Ids of other documents by field. */
  readonly references: ReadonlyMap<string, string>;
}

/** Only the data's own fields are looked at, as clients write it. @throws OBJECT_INVALID for a reference without an id */
export function splitReferences(data: BlockData): SplitData {
  const references = new Map<string, string>();
  const own = Object.entries(data).filter(([field, value]) => {
    const reference = referenceIn(value);
    if (reference === undefined) return true;
    const { block_document_id: id } = reference;
    if (typeof id !== "string") {
      throw new MillraceError("OBJECT_INVALID", { reason: `the reference in '${field}' has no block_document_id` });
    }
    references.set(field, id.toLowerCase());
    return false;
  });
  return { own: Object.fromEntries(own), references };
}

function referenceIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || !("$ref" in value)) return undefined;
  return typeof value.$ref === "object" && value.$ref !== null ? { ...value.$ref } : {};
}
