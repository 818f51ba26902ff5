import { duration, flag } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { formatBytes, plural } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";

const hourMs = 3_600_000;

export const ledgerSweep = defineCommand({
  summary: "Delete results that nothing refers to any more",
  details: [
    "Deleting a run leaves the files of its results, because others may refer to them: a cache, or a run that has taken them over. This deletes the " +
      "files in the home's `results` that no run, no task and no entry of the cache refers to, and entries of the cache that have expired. Files " +
      "younger than --older-than stay: something may be about to refer to them.",
    "It knows the ledger of the settings with its workspaces, and the SQLite of the home. Where flows of this home record on other ledgers or " +
      "servers too, do not use it. Results on S3 and in other folders stay.",
    'With --json: `{ "cacheEntries", "files", "bytes", "kept" }`.',
  ],
  positionals: {},
  options: {
    dryRun: flag("Only say what would be deleted."),
    yes: flag("Do not ask.", { short: "y" }),
    olderThan: duration("Leave files alone that are younger. Default 1 hour."),
  },
  examples: [
    { command: "ledger sweep --dry-run", why: "how much is there?" },
    { command: "ledger sweep --yes", why: "from cron" },
  ],
  async run({ options }, context) {
    const settings = await ownLedger(context);
    const { sweepLedger } = await import("../../../app/ledger/sweep.ts");
    const request = { settings, clock: context.clock, olderThanMs: options.olderThan ?? hourMs };
    const { out, json } = context;
    const asked = options.dryRun || !options.yes ? await sweepLedger({ ...request, isDryRun: true }) : null;
    if (options.dryRun && asked !== null) {
      if (json) out.json(asked);
      else out.line(`Would delete ${plural(asked.files, "file")} of results, ${formatBytes(asked.bytes)}.`);
      return undefined;
    }
    const question = `Delete ${plural(asked?.files ?? 0, "file")} of results, ${formatBytes(asked?.bytes ?? 0)}?`;
    await confirm({ question, isSure: options.yes }, context);
    const swept = await sweepLedger({ ...request, isDryRun: false, signal: context.interrupt() });
    if (json) out.json(swept);
    else {
      const entries = plural(swept.cacheEntries ?? 0, "expired entry of the cache", "expired entries of the cache");
      out.line(`Deleted ${plural(swept.files, "file")} of results, ${formatBytes(swept.bytes)}, and ${entries}.`);
    }
    return undefined;
  },
});
