import type { SettledCopy } from "../../contract/store.ts";
import type { SqlDatabase } from "./database.ts";
import { sql, table } from "./fragment.ts";

/**
 * A process of the copy's past may have the pid of one that is alive now. Without the boot that it was of, its lease alone
 * decides, which has ended.
 */
export async function settleCopy(
  db: SqlDatabase,
  { keepsKeys }: { readonly keepsKeys: boolean },
): Promise<SettledCopy> {
  const [processes = 0, , sessions = 0, apiKeys = 0] = await db.run(
    sql`update ${table("executor_process")} set lease_expires_at = 0, boot_id = null, start_token = null`,
    sql`update ${table("slot_lease")} set expires_at = 0, revision = revision + 1`,
    sql`delete from ${table("session")}`,
    ...(keepsKeys ? [] : [sql`delete from ${table("api_key")}`]),
  );
  return { processes, sessions, apiKeys };
}
