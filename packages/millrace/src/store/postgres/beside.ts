/** The ledgers of workspaces, each in a schema of its own. */

import type { WorkspaceStore } from "../../contract/store.ts";
import type { PostgresConnection } from "./connection.ts";
import { besideLocation, type PostgresLocation } from "./location.ts";
import { lockSpace } from "./schema-version.ts";

/** @param location of the ledger that they are beside */
export function withOwnLocks(shared: WorkspaceStore, location: PostgresLocation): WorkspaceStore {
  return {
    ...shared,
    /** Ledgers whose locks had the same keys would wait for each other. */
    async insertWorkspace(workspace) {
      const spaceOf = (id: string): number => lockSpace(besideLocation(location, id).schema);
      const own = spaceOf(workspace.id);
      if (own === lockSpace(location.schema)) return "id-taken";
      let cursor: string | null = null;
      do {
        const page = await shared.findWorkspaces({ limit: 1000, cursor });
        if (page.items.some(({ id }) => spaceOf(id) === own)) return "id-taken";
        cursor = page.next;
      } while (cursor !== null);
      return shared.insertWorkspace(workspace);
    },
  };
}

/** With everything in it. It may take as long as it takes. */
export async function dropSchema(connection: PostgresConnection, schema: string): Promise<void> {
  await connection.transact(
    async (transaction) => {
      await transaction.query(`drop schema if exists ${schema} cascade`);
    },
    { answerTimeoutMs: null },
  );
}
