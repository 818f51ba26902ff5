import type { Backup } from "../../../app/ledger/back-up.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { formatBytes, plural } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";
import { startProgressLine } from "./progress-line.ts";

export const ledgerBackup = defineCommand({
  summary: "Make a copy of the ledger while it is in use",
  details: [
    "The copy is of one moment, and whole: servers and flows go on writing. It is looked through before it gets its name. SQLite " +
      "gives a file that is a ledger itself; PostgreSQL gives one of `pg_dump`, which must be installed.",
    "With --workspaces, --results or --with-secrets-key it is a folder, which has what a home has. The key of the secrets is only in it with " +
      "--with-secrets-key: without it, secrets and blocks of the copy are opened by the key of this home alone, so keep that elsewhere.",
    'With --json: `{ "path", "database", "schemaVersion", "sizeBytes", "rows", "workspaces", "workspacesLeftOut", "results", "hasSecretsKey" }`; ' +
      '`rows` is by table, `workspaces` is null or a list of `{ "id", "schemaVersion", "sizeBytes", "rows" }`, `results` is null or `{ "files", "bytes", "missing": [keys], "missingCount", "elsewhere" }`.',
  ],
  positionals: { target: required("A file, or a folder that is there.") },
  options: {
    workspaces: flag("Also the ledgers of the workspaces."),
    results: flag("Also the results that lie in the home."),
    withSecretsKey: flag("Also the key of the secrets: who has the backup can read them."),
    force: flag("Replace what has the name already."),
  },
  examples: [
    { command: "ledger backup backups/", why: "a file that is named by the time" },
    { command: "ledger backup /mnt/backups/monday --workspaces --results", why: "all of the home, as a folder" },
  ],
  async run({ args, options }, context) {
    const settings = await ownLedger(context);
    const { backUpLedger } = await import("../../../app/ledger/back-up.ts");
    const line = startProgressLine("Copied", context);
    const backup = await backUpLedger({
      settings,
      clock: context.clock,
      target: args.target,
      replaces: options.force,
      withWorkspaces: options.workspaces,
      withResults: options.results,
      withSecretsKey: options.withSecretsKey,
      onProgress: ({ doneBytes, totalBytes }) =>
        line.show({ done: doneBytes, total: totalBytes, what: formatBytes(totalBytes) }),
      signal: context.interrupt(),
    }).finally(line.end);
    if (context.json) context.out.json(backup);
    else print(backup, context);
    return undefined;
  },
});

function print(backup: Backup, { out, err }: CommandContext): void {
  const { path, sizeBytes, schemaVersion, rows, workspaces, workspacesLeftOut, results, hasSecretsKey } = backup;
  const has = (table: string, one: string, many?: string): string => plural(rows[table] ?? 0, one, many);
  const counts = [
    has("flow_run", "flow run"),
    has("task_run", "task run"),
    has("event", "event"),
    has("log", "line of logs", "lines of logs"),
    has("artifact", "artifact"),
  ];
  out.lines(
    renderFacts(
      [
        ["Backup", out.look.paint.bold(cleanLine(path))],
        ["Ledger", `${formatBytes(sizeBytes)}, schema ${schemaVersion}`],
        ["Has", counts.join(", ")],
        ["Workspaces", workspaces === null ? null : String(workspaces.length)],
        ["Results", results === null ? "not in it" : resultsText(results)],
        ["Secrets", hasSecretsKey ? "with their key: keep it where nobody reads it" : "sealed; their key is not in it"],
      ],
      out,
    ),
  );
  if (workspacesLeftOut > 0) {
    const left = plural(workspacesLeftOut, "workspace has its ledger", "workspaces have their ledgers");
    err.line(`${left} beside this one, which --workspaces takes too.`);
  }
  if (results === null || results.missingCount === 0) return;
  err.line(
    `${plural(results.missingCount, "result")} that the ledger refers to ${results.missingCount === 1 ? "is" : "are"} not in the home.`,
  );
}

function resultsText({ files, bytes, elsewhere }: NonNullable<Backup["results"]>): string {
  const copied = `${plural(files, "file")}, ${formatBytes(bytes)}`;
  return elsewhere === 0
    ? copied
    : `${copied}; ${plural(elsewhere, "reference")} to other storages, which are not in it`;
}
