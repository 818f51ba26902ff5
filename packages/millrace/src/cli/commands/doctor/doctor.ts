import type { CommandHost } from "../../../app/command-host.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";
import type { Look } from "../../output/look.ts";
import { wrapText } from "../../output/wrap-text.ts";
import {
  checkDisk,
  checkHome,
  checkLedger,
  checkLedgerTime,
  checkNode,
  checkRuns,
  checkSecrets,
  checkServer,
  type Finding,
  isToBeMade,
  ledgerToBeMade,
} from "./checks.ts";

export const doctorCommand = defineCommand({
  summary: "Look whether the installation and the ledger are sound",
  details: [
    "Looks at Node, the settings, the home folder, the disk, clocks, the ledger's integrity and version, PostgreSQL where it is " +
      "set, the server where there is one, runs of dead processes, and the key of the secrets. Exit code 1 when something is wrong.",
    "With --json: an array of `{ name, status, detail, fix }`; `status` is ok, warning or problem.",
  ],
  positionals: {},
  options: {},
  examples: [{ command: "doctor", why: "is everything in order?" }],
  async run(_, context) {
    const findings = await examine(context);
    if (context.json) context.out.json(findings);
    else print(findings, context);
    return findings.some(({ status }) => status === "problem") ? exitCodes.failed : exitCodes.ok;
  },
});

async function examine(context: CommandContext): Promise<readonly Finding[]> {
  const findings = [checkNode(process.versions.node)];
  try {
    const settings = await context.settings();
    findings.push({ name: "Settings", status: "ok", detail: `profile ${settings.profile}`, fix: null });
    findings.push(...checkHome(settings, context.clock), checkDisk(settings));
    // Looking makes nothing: opening the ledger would.
    if (await isToBeMade(settings)) return [...findings, ledgerToBeMade];
  } catch (error) {
    return [...findings, toFinding("Settings", error)];
  }
  try {
    await using host = await context.openHost();
    findings.push(await checkLedger(host));
    findings.push(...(await examineContent(host, context)));
  } catch (error) {
    findings.push(toFinding("Ledger", error));
  }
  return findings;
}

async function examineContent(host: CommandHost, { clock }: CommandContext): Promise<readonly Finding[]> {
  const server = host.serverUrl === null ? [] : [await checkServer(host.serverUrl)];
  return [...server, await checkLedgerTime(host, clock), await checkRuns(host), await checkSecrets(host)];
}

function toFinding(name: string, error: unknown): Finding {
  const detail = error instanceof Error ? error.message : String(error);
  return { name, status: "problem", detail, fix: isMillraceError(error) ? error.fix : null };
}

function print(findings: readonly Finding[], { out }: CommandContext): void {
  const nameWidth = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, status, detail, fix } of findings) {
    const indent = " ".repeat(nameWidth + 4);
    const [first = "", ...rest] = wrapText(cleanLine(detail), Math.max(30, out.width - indent.length));
    out.line(`${mark(status, out.look)} ${name.padEnd(nameWidth)}  ${first}`);
    out.lines(rest.map((line) => indent + line));
    if (fix !== null)
      out.lines(
        wrapText(cleanLine(fix), Math.max(30, out.width - indent.length)).map((line) =>
          out.look.paint.dim(indent + line),
        ),
      );
  }
  const problems = findings.filter(({ status }) => status === "problem").length;
  const warnings = findings.filter(({ status }) => status === "warning").length;
  out.lines([
    "",
    problems + warnings === 0
      ? "Everything is in order."
      : `${plural(problems, "problem")}, ${plural(warnings, "warning")}.`,
  ]);
}

function mark(status: Finding["status"], { paint, glyphs }: Look): string {
  switch (status) {
    case "ok":
      return paint.green(glyphs.states.COMPLETED);
    case "warning":
      return paint.yellow(glyphs.warning);
    case "problem":
      return paint.red(glyphs.states.FAILED);
  }
}
