import { choice } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { renderFacts } from "../../output/facts.ts";
import { formatCount, plural } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";
import { startProgressLine } from "./progress-line.ts";

export const ledgerImport = defineCommand({
  summary: "Take an export into the ledger",
  details: [
    "The file is read to its end first: of one that is cut off or changed nothing is imported. Then it is written in small transactions, while " +
      "servers and flows go on. A run appears when all that is its own is there. What the ledger has already stays as it is, so that a file can be " +
      "imported again; after an interruption the same file goes on where it was.",
    "Automations do not act on events that were imported. Secrets and blocks are opened with the key that they were sealed with: copy `secrets.key` " +
      "too, or set MILLRACE_SECRETS_KEY. Servers that run take note of imported automations when they are started again.",
    'With --json: `{ "id", "rows", "written", "skipped", "done" }`; `written` is by table, `done` is what an earlier attempt had dealt with.',
  ],
  positionals: { file: required("A file that `ledger export` has made.") },
  options: {
    onConflict: choice(["skip", "fail"], "What to do when the ledger has something of it already. Default skip."),
  },
  examples: [
    { command: "ledger import ledger.ndjson.zst --database postgres://db/work", why: "from SQLite to PostgreSQL" },
    { command: "ledger import other.ndjson.gz --on-conflict fail", why: "nothing, unless all of it is new" },
  ],
  async run({ args, options }, context) {
    const settings = await ownLedger(context);
    const { importLedger } = await import("../../../app/ledger/import.ts");
    const line = startProgressLine("Imported", context);
    const imported = await importLedger({
      settings,
      clock: context.clock,
      from: args.file,
      onConflict: options.onConflict ?? "skip",
      onProgress: ({ rows, of }) => line.show({ done: rows, total: of, what: plural(of, "row") }),
      signal: context.interrupt(),
    }).finally(line.end);
    const { out, json } = context;
    if (json) {
      out.json(imported);
      return undefined;
    }
    const { rows, written, skipped, done } = imported;
    const all = Object.values(written).reduce((sum, count) => sum + count, 0);
    out.lines(
      renderFacts(
        [
          ["File", plural(rows, "row")],
          ["Before", done === 0 ? null : `${plural(done, "row")} of an earlier attempt`],
          [
            "Written",
            `${plural(all, "row")}: ${plural(written.flow_run ?? 0, "flow run")}, ${formatCount(written.task_run ?? 0)} task runs`,
          ],
          [
            "Left out",
            skipped === 0 ? null : `${plural(skipped, "row")}, which the ledger has, or what they belong to`,
          ],
        ],
        out,
      ),
    );
    return undefined;
  },
});
