/** The server's settings, and the block that results are kept in where a flow does not say. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { Configuration } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { toPrefectSettings } from "../mapping/settings.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";

type AdminHandler =
  | "readSettings"
  | "readServerDefaultResultStorage"
  | "updateServerDefaultResultStorage"
  | "clearServerDefaultResultStorage";

const storageName = "default-result-storage";

/** What a block must be able to do for results to be kept in it. */
const storageCapability = "write-path";

export function adminHandlers({ api, settings = null }: PrefectContext): Pick<PrefectHandlers, AdminHandler> {
  async function readStorage(): Promise<Configuration | null> {
    const where = { field: "name", in: [storageName] };
    return (await api.listObjects("configuration", { where }, { limit: 1 })).items[0] ?? null;
  }

  async function writeStorage(blockDocumentId: string): Promise<void> {
    const found = await readStorage();
    if (found !== null && (await api.updateObject("configuration", found.id, { value: blockDocumentId })) !== null)
      return;
    try {
      await api.createObject("configuration", { name: storageName, value: blockDocumentId });
    } catch (error) {
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
      await writeStorage(blockDocumentId);
    }
  }

  return {
    readSettings: async () => ({ status: 200, body: toPrefectSettings(settings) }),

    async readServerDefaultResultStorage() {
      const value = (await readStorage())?.value;
      // The block may be gone since.
      const isThere = typeof value === "string" && (await api.readObject("block-document", value)) !== null;
      return { status: 200, body: { default_result_storage_block_id: isThere ? value : null } };
    },

    async updateServerDefaultResultStorage({ body: { default_result_storage_block_id: id } }) {
      const document = await api.readObject("block-document", id);
      if (document === null) throw new PrefectError({ status: 404, detail: `Block document ${id} not found.` });
      const schema = await api.readObject("block-schema", document.blockSchemaId);
      if (schema?.capabilities.includes(storageCapability) !== true) {
        throw new PrefectError({ status: 422, detail: `Results cannot be kept in block document ${id}.` });
      }
      await writeStorage(id);
      return { status: 200, body: { default_result_storage_block_id: id } };
    },

    async clearServerDefaultResultStorage() {
      const found = await readStorage();
      if (found !== null) await api.deleteObject("configuration", found.id);
      return { status: 204 };
    },
  };
}
