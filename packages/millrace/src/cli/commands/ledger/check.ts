import { flag } from "../../arguments/options.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { formatCount, plural } from "../../output/numbers.ts";
import { ownLedger } from "./own-ledger.ts";

export const ledgerCheck = defineCommand({
  summary: "Look through the whole ledger for damage",
  details: [
    "Whether the database holds together, and whether the records agree: each run's state with its history and its last event, what " +
      "belongs to a run with the run, and texts that must be JSON. Servers and flows may go on meanwhile. It takes some seconds a GiB; " +
      "exit code 1 when something is wrong.",
    "With --full also each index with its table, which takes ten times as long (on PostgreSQL where the extension amcheck is " +
      "installed), and whether the results are there that the home must have.",
    'With --json: `{ "isSound", "findings": [texts], "missingResults" }`; `missingResults` is null without --full.',
  ],
  positionals: {},
  options: { full: flag("Also each index, and the files of results.") },
  examples: [
    { command: "ledger check", why: "is it sound?" },
    { command: "ledger check --full", why: "after the machine lost power or its disk had errors" },
  ],
  async run({ options }, context) {
    const settings = await ownLedger(context);
    const { checkLedger } = await import("../../../app/ledger/check.ts");
    const found = await checkLedger({ settings, clock: context.clock, isFull: options.full });
    const isSound = found.findings.length === 0 && (found.missingResults ?? 0) === 0;
    if (context.json) context.out.json({ isSound, ...found });
    else print(found, context);
    return isSound ? exitCodes.ok : exitCodes.failed;
  },
});

function print(
  { findings, missingResults }: { readonly findings: readonly string[]; readonly missingResults: number | null },
  { out }: CommandContext,
): void {
  const { green, red } = out.look.paint;
  for (const finding of findings) out.line(`${red(out.look.glyphs.states.FAILED)} ${cleanLine(finding)}`);
  const missing = missingResults ?? 0;
  if (missing > 0) {
    out.line(
      `${red(out.look.glyphs.states.FAILED)} ${formatCount(missing)} of the results that it refers to are not in the home`,
    );
  }
  const problems = findings.length + (missing > 0 ? 1 : 0);
  if (problems === 0) out.line(`${green(out.look.glyphs.states.COMPLETED)} The ledger is sound.`);
  else out.lines(["", `${plural(problems, "problem")}. \`millrace ledger restore\` puts a backup in its place.`]);
}
