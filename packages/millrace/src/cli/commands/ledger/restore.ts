import type { Restored } from "../../../app/ledger/restore.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { plural } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";

export const ledgerRestore = defineCommand({
  summary: "Put a backup in the place of the ledger",
  details: [
    "Nobody may have the ledger open: stop servers, workers and flows first. The backup is looked all through and carried forward " +
      "to this version before it takes the place, in one step. A ledger that is there gives way with --force only, and is kept beside it.",
    "Runs that were under way in the backup end as those of dead processes do, and can be resumed. Sessions have ended. API keys are " +
      "deleted, because some may have been revoked since the backup; --keep-keys keeps them.",
    'With --json: `{ "location", "database", "fromSchemaVersion", "schemaVersion", "before", "settled", "workspaces", "results", "hasSecretsKey" }`.',
  ],
  positionals: { backup: required("The file or the folder of a backup.") },
  options: {
    force: flag("Also where there is a ledger: it is kept beside it."),
    keepKeys: flag("Let the API keys of the backup be valid."),
  },
  examples: [
    { command: "ledger restore backups/ledger-2026-11-26T02-00-00Z.db --force", why: "back to last night" },
    { command: "ledger restore monday --home /tmp/monday", why: "into another home, to look at it" },
  ],
  async run({ args, options }, context) {
    const settings = await ownLedger(context);
    const { restoreLedger } = await import("../../../app/ledger/restore.ts");
    const restored = await restoreLedger({
      settings,
      clock: context.clock,
      from: args.backup,
      replaces: options.force,
      keepsKeys: options.keepKeys,
    });
    if (context.json) context.out.json(restored);
    else print(restored, { context, keepsKeys: options.keepKeys });
    return undefined;
  },
});

function print(
  restored: Restored,
  { context, keepsKeys }: { readonly context: CommandContext; readonly keepsKeys: boolean },
): void {
  const { out } = context;
  const { location, fromSchemaVersion, schemaVersion, before, settled, workspaces, results, hasSecretsKey } = restored;
  const isForward = fromSchemaVersion !== null && fromSchemaVersion !== schemaVersion;
  const { processes, sessions, apiKeys } = settled;
  out.lines(
    renderFacts(
      [
        ["Ledger", out.look.paint.bold(cleanLine(location))],
        ["Schema", isForward ? `${schemaVersion}, carried forward from ${fromSchemaVersion}` : String(schemaVersion)],
        ["Before", before === null ? null : `kept as ${cleanLine(before)}`],
        ["Ended", `${plural(processes, "process", "processes")}, ${plural(sessions, "session")}`],
        ["API keys", keepsKeys ? "those of the backup are valid" : `${apiKeys} deleted: make new ones`],
        ["Workspaces", workspaces === 0 ? null : String(workspaces)],
        ["Results", results === 0 ? null : plural(results, "file")],
        ["Secrets", hasSecretsKey ? "their key came with it" : "opened by the key that they were sealed with"],
      ],
      out,
    ),
  );
}
