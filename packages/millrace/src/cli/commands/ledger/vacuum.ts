import { flag } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { formatBytes } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";

export const ledgerVacuum = defineCommand({
  summary: "Give back the space of what was deleted",
  details: [
    "SQLite keeps the space of deleted runs, events and logs for new ones. This gives it back to the disk: the file is written anew, for which there " +
      "must be twice its content free. Others read meanwhile and wait with what they write, some seconds a GiB: do it when little happens. On PostgreSQL " +
      "it is `vacuum (analyze)` of each table, which holds up nobody.",
    'With --json: `{ "beforeBytes", "afterBytes" }`, and with --dry-run `{ "sizeBytes", "freeBytes" }`.',
  ],
  positionals: {},
  options: { dryRun: flag("Only say how much it would be.") },
  examples: [
    { command: "ledger vacuum --dry-run", why: "is it worth it?" },
    { command: "ledger vacuum", why: "after many runs were deleted" },
  ],
  async run({ options }, context) {
    const settings = await ownLedger(context);
    const { openStore } = await import("../../../app/open-store.ts");
    const store = await openStore({ ...settings, poolSize: 1 }, context.clock);
    const { out, json } = context;
    try {
      if (options.dryRun) {
        const space = await store.measureSpace();
        if (json) out.json(space);
        else
          out.line(
            `${formatBytes(space.sizeBytes)}, of which about ${formatBytes(space.freeBytes)} are of what was deleted.`,
          );
        return undefined;
      }
      const compacted = await store.compact();
      if (json) out.json(compacted);
      else out.line(`${formatBytes(compacted.beforeBytes)} before, ${formatBytes(compacted.afterBytes)} now.`);
      return undefined;
    } finally {
      await store.close();
    }
  },
});
