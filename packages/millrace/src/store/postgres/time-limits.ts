/** The time limits that the database or the role has, for what takes as long as it takes. */

/** Some are of newer versions of PostgreSQL only, so it is asked which there are. */
const limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"];

/** The statement after which there is none, for a transaction or for a connection. */
export function withoutLimits(scope: "transaction" | "connection"): string {
  const names = limits.map((name) => `'${name}'`).join(", ");
  return `select set_config(name, '0', ${scope === "transaction"}) from pg_settings where name in (${names})`;
}
