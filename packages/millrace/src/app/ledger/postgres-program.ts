/** Programs that come with PostgreSQL, called for the ledger's schema. */

import { runProgram } from "../../worker/code/run-program.ts";
import { MillraceError } from "../../contract/errors.ts";
import { childEnvironment } from "../settings.ts";

/** How long a dump may take, in ms: a big ledger takes hours. */
const timeoutMs = 24 * 3_600_000;

/**
 * @param database where the ledger is, as the setting has it; its password is handed on by the environment, so that no list
 * of processes shows it
 * @throws BACKUP_FAILED
 */
export async function runPostgresProgram(
  program: "pg_dump" | "pg_restore",
  args: readonly string[],
  { database, task, location }: { readonly database: string | null; readonly task: string; readonly location: string },
): Promise<string> {
  const url = database === null ? null : new URL(database);
  const password = decodeURIComponent(url?.password ?? "");
  if (url !== null) {
    url.password = "";
    url.searchParams.delete("schema");
  }
  const env = { ...childEnvironment({ apiKey: null }), ...(password === "" ? {} : { PGPASSWORD: password }) };
  try {
    return await runProgram(program, [...args, ...(url === null ? [] : [`--dbname=${url.href}`])], {
      folder: process.cwd(),
      env,
      timeoutMs,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = /is not installed/.test(reason)
      ? `Install PostgreSQL's client programs, of the server's version or newer; or copy the ledger without them: \`millrace ledger export\`.`
      : `\`${program}\` has to be of the server's version or newer. \`millrace ledger export\` needs no such program.`;
    throw new MillraceError("BACKUP_FAILED", { task, location, reason, advice }, { cause });
  }
}
