/** Where the templates of steps and job variables find their values: the environment, and what the ledger keeps. */

import type { Api } from "../contract/api.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { Vault } from "../contract/runtime.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import type { Masker } from "../kit/mask.ts";
import type { TemplateSources } from "../worker/code/fill-templates.ts";

export interface TemplateSourcesOptions {
  readonly api: Pick<Api, "readVariable" | "readSecret" | "listObjects">;
  readonly vault: Pick<Vault, "open">;
  readonly environment: (name: string) => string | undefined;
  /** Is told each secret that is read. */
  readonly masker: Pick<Masker, "add">;
}

export function createTemplateSources({ api, vault, environment, masker }: TemplateSourcesOptions): TemplateSources {
  return {
    environment,

    async variable(name) {
      const found = await api.readVariable(name);
      return found === null ? undefined : (JSON.parse(found.value) as unknown);
    },

    /** As `secret.get()`: of the ledger, else of the environment. */
    async secret(name) {
      const stored = await api.readSecret(name);
      const value =
        stored === null
          ? environment(name.replaceAll(/[^A-Za-z0-9]/g, "_").toUpperCase())
          : await vault.open(name, stored.sealed);
      if (value === undefined || value === "") return null;
      masker.add(value);
      return value;
    },

    async block(type, name) {
      const [blockType] = (await api.listObjects("block-type", { where: { field: "slug", in: [type] } }, { limit: 1 }))
        .items;
      if (blockType === undefined) return null;
      const where = {
        all: [
          { field: "blockTypeId", in: [blockType.id] },
          { field: "name", in: [name] },
        ],
      };
      const [document] = (await api.listObjects("block-document", { where }, { limit: 1 })).items;
      if (document === undefined) return null;
      const { id, sealed, data } = document;
      const opened =
        sealed === undefined ? data : (JSON.parse(await vault.open(blockDocumentSeal(id), sealed)) as JsonObject);
      // Nobody says here which of its fields are secret.
      addTexts(opened, masker);
      return opened ?? null;
    },
  };
}

function addTexts(part: unknown, masker: Pick<Masker, "add">): void {
  if (typeof part === "string") masker.add(part);
  else if (typeof part === "object" && part !== null) for (const each of Object.values(part)) addTexts(each, masker);
}
