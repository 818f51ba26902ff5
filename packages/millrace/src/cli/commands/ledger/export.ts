import type { RowSelection } from "../../../contract/ledger-rows.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { formatBytes, formatCount, plural } from "../../output/numbers.ts";
import { parseSince } from "../../since.ts";
import { ownLedger } from "./own-ledger.ts";

export const ledgerExport = defineCommand({
  summary: "Write the ledger into a file that any database takes",
  details: [
    "A line of JSON a row, between a header and an end with a checksum; `.gz` or `.zst` at the end of the name has it compressed. It is of " +
      "one moment, while others go on. `ledger import` takes it into SQLite or PostgreSQL: that is how a ledger moves from one to the other.",
    "Secrets and blocks are in it as they are sealed: they are opened with the key of this home, which is not in it. Sessions and API keys are " +
      "never in it, and results beside the ledger are not.",
    'With --json: `{ "path", "id", "sizeBytes", "rows", "sha256" }`; `rows` is by table.',
  ],
  positionals: { target: required("A file, or a folder that is there.") },
  options: {
    since: text("WHEN", "Only runs made since then, with what is theirs, and what happened since then: 7d, or a date."),
    flow: texts("NAME", "Only runs of this flow, with their subflows. May be given several times."),
    noLogs: flag("Without the lines of logs."),
    withoutSecrets: flag("Without secrets, blocks and passwords of accounts."),
    force: flag("Replace what has the name already."),
  },
  examples: [
    { command: "ledger export ledger.ndjson.zst", why: "all of it" },
    { command: "ledger export week.ndjson.gz --since 7d --no-logs", why: "the runs of a week" },
  ],
  async run({ args, options }, context) {
    const settings = await ownLedger(context);
    const { exportLedger } = await import("../../../app/ledger/export.ts");
    const since = options.since === undefined ? undefined : parseSince(options.since, context.clock.now());
    const selection: RowSelection = {
      ...(since === undefined ? {} : { since }),
      ...(options.flow.length === 0 ? {} : { flowNames: options.flow }),
      ...(options.noLogs ? { withoutLogs: true } : {}),
      ...(options.withoutSecrets ? { withoutSecrets: true } : {}),
    };
    const { out, json, clock } = context;
    const signal = context.interrupt();
    const request = { settings, clock, target: args.target, replaces: options.force, selection, signal };
    const exported = await exportLedger(request);
    if (json) {
      out.json(exported);
      return undefined;
    }
    const { path, sizeBytes, rows } = exported;
    const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
    out.lines(
      renderFacts(
        [
          ["Export", out.look.paint.bold(cleanLine(path))],
          ["Size", formatBytes(sizeBytes)],
          [
            "Has",
            `${plural(all, "row")}: ${plural(rows.flow_run ?? 0, "flow run")}, ${formatCount(rows.task_run ?? 0)} task runs`,
          ],
          ["Secrets", options.withoutSecrets ? "not in it" : "sealed; their key is not in it"],
        ],
        out,
      ),
    );
    return undefined;
  },
});
