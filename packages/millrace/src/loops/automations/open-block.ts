import type { Api } from "../../contract/api.ts";
import type { Vault } from "../../contract/runtime.ts";
import { blockDocumentSeal } from "../../contract/secrets.ts";

export interface OpenBlock {
  /** Slug of its type. */
  readonly type: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A block document with its secrets; null when there is none. @throws SECRET_UNREADABLE */
export async function openBlock(
  { api, vault }: { readonly api: Pick<Api, "readObject">; readonly vault: Vault },
  id: string,
): Promise<OpenBlock | null> {
  const document = await api.readObject("block-document", id);
  if (document === null) return null;
  const type = await api.readObject("block-type", document.blockTypeId);
  const { sealed, data = {}, name } = document;
  return {
    type: type?.slug ?? "",
    name,
    data: sealed === undefined ? data : (JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as typeof data),
  };
}
