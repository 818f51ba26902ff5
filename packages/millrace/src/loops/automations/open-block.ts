import type { Api } from "../../contract/api.ts";
import type { Vault } from "../../contract/runtime.ts";
import { secretFieldsOf, secretTexts } from "../../contract/block-secrets.ts";
import { blockDocumentSeal } from "../../contract/secrets.ts";

export interface OpenBlock {
  /** Slug of its type. */
  readonly type: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Texts of its secret fields; of an address what opens a door in it, too. */
  readonly secrets: readonly string[];
}

/** A block document with its secrets; null when there is none. @throws SECRET_UNREADABLE */
export async function openBlock(
  { api, vault }: { readonly api: Pick<Api, "readObject">; readonly vault: Vault },
  id: string,
): Promise<OpenBlock | null> {
  const document = await api.readObject("block-document", id);
  if (document === null) return null;
  const type = await api.readObject("block-type", document.blockTypeId);
  const schema = await api.readObject("block-schema", document.blockSchemaId);
  const { sealed, data: open = {}, name } = document;
  const data =
    sealed === undefined ? open : (JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as typeof open);
  const texts = secretTexts(data, secretFieldsOf(schema?.fields));
  return { type: type?.slug ?? "", name, data, secrets: texts.flatMap((text) => [text, ...keysIn(text)]) };
}

/** Parts of an address from this length on are taken for keys. */
const minKeyChars = 8;

/** An answer tells the path that was asked for, rather than the address. */
function keysIn(text: string): readonly string[] {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return [];
  const { pathname, searchParams, username, password } = new URL(text);
  const parts = [...pathname.split("/"), ...searchParams.values(), username, password];
  return [pathname, ...parts].filter(({ length }) => length >= minKeyChars);
}
