import type { Firing } from "../../../contract/automations.ts";
import type { AutomationTrial, TrialReport } from "../../../contract/trials.ts";
import { text, wholeNumber } from "../../arguments/options.ts";
import { optional } from "../../arguments/positionals.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";
import { renderTable } from "../../output/table.ts";
import { readDocument } from "../../read-document.ts";
import { parseSince } from "../../since.ts";
import { toAutomations } from "./to-automation.ts";

/** Reasons that are shown to people where nothing would have set it off. */
const maxReasons = 10;

const options = {
  fromFile: text(
    "FILE",
    "In place of one that is kept: a file of one, as `automation create` takes it; - for the standard input.",
    {
      short: "f",
    },
  ),
  since: text("TIME", "When the watch begins: a duration ago such as 2h, or a date. Default 1d."),
  until: text("TIME", "When it ends. Default: now."),
  limit: wholeNumber("N", "At most so many firings.", { initial: 100, max: 1000, short: "n" }),
} as const;

export const automationTry = defineCommand({
  summary: "Try an automation on the events of the past: when would it have been set off, and why",
  details: [
    "Nothing is done, and nothing is kept. An automation that is paused, or not made yet, can be tried too.",
    "With --json: `{ firings, reasons, eventCount, isCut }`; `isCut` says that there was more than one trial looks at.",
  ],
  positionals: { automation: optional(automationArgument) },
  options,
  examples: [
    { command: "automation try late-reports --since 7d", why: "how often, in the last week?" },
    { command: "automation try --from-file alert.yaml", why: "before it is made" },
  ],
  async run({ args, options: given }, context) {
    await using host = await context.openHost();
    const now = context.clock.now();
    const watch = {
      since: parseSince(given.since ?? "1d", now),
      until: given.until === undefined ? now : parseSince(given.until, now),
      maxFirings: given.limit,
    };
    const subject = await readSubject(args.automation, given, async (reference) => {
      return (await findObject(host.api, reference, automations)).id;
    });
    const report = await host.api.tryAutomation({ ...subject, ...watch });
    if (context.json) context.out.json(report);
    else print(report, context);
    return undefined;
  },
});

async function readSubject(
  reference: string | undefined,
  { fromFile }: OptionValues<typeof options>,
  find: (reference: string) => Promise<string>,
): Promise<Pick<AutomationTrial, "id" | "trigger">> {
  if (reference !== undefined && fromFile !== undefined) {
    throw new UsageProblem("an automation and --from-file are not for one trial");
  }
  if (reference !== undefined) return { id: await find(reference) };
  if (fromFile === undefined) throw new UsageProblem("which automation? Name one, or give --from-file");
  const [only, ...others] = toAutomations(await readDocument(fromFile));
  if (only?.trigger === undefined || others.length > 0) {
    throw new UsageProblem(`${fromFile} has to have one automation, with a trigger`);
  }
  return { trigger: only.trigger };
}

function print({ firings, reasons, eventCount, isCut }: TrialReport, { out, err, times }: CommandContext): void {
  if (firings.length > 0) {
    out.lines(
      renderTable<Firing>(
        firings,
        [
          { title: "AT", cell: ({ at }) => times.short(at) },
          { title: "BECOMES", cell: ({ state }) => state },
          { title: "WHY", cell: ({ reason }) => reason, shrinksTo: 20 },
        ],
        { width: out.width, look: out.look },
      ),
    );
    out.line();
  }
  const often =
    firings.length === 0 ? "Nothing would have set it off" : `It would have fired ${plural(firings.length, "time")}`;
  out.line(`${often}; its trigger has looked at ${plural(eventCount, "event")}.`);
  if (firings.length === 0) {
    for (const reason of reasons.slice(-maxReasons)) out.line(cleanLine(`  ${reason.outcome}: ${reason.text}`));
  }
  if (isCut) err.line("There was more than one trial looks at: choose a shorter time by --since and --until.");
}
