import type { Firing } from "../../../contract/automations.ts";
import type { AutomationFiring } from "../../../contract/objects.ts";
import { flag, wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { watchable } from "../../watchable.ts";
import { evaluationText } from "./automation-text.ts";
import { showEvaluations } from "./show-evaluations.ts";

export const automationHistory = watchable(
  defineCommand({
    summary: "List when an automation was set off, why, and what became of its actions, the last first",
    details: [
      "Below them is the last evaluation, also if nothing came of it: what was counted, or why it was not. With --evaluations it is those that are listed: each that set it off, failed, or came to something else than the one before.",
      "With --json: an array of firings: `status` (pending, done or failed), `firing` (what set it off, with its `reason`) `outcomes` (one for each action) and `tries` (those that failed and are made again); with --evaluations of evaluations: `outcome`, `text` (why), `key` (the values of for-each), `path` (which trigger), `firstAt`, `at` and `count`.",
    ],
    positionals: { automation: required(automationArgument) },
    options: {
      failed: flag("Only those of which an action failed; of evaluations: only those that failed."),
      evaluations: flag("List what it was evaluated to and why, also where nothing came of it."),
      limit: wholeNumber("N", "At most so many.", { initial: 20, max: 1_000_000, short: "n" }),
    },
    examples: [
      { command: "automation history late-reports", why: "did it do what it should?" },
      { command: "automation history late-reports --failed", why: "and what went wrong" },
      { command: "automation history late-reports --evaluations", why: "why was it not set off?" },
    ],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const { id, name } = await findObject(api, args.automation, automations);
      if (options.evaluations) {
        const evaluations = (await api.listEvaluations(id)).filter(
          ({ outcome }) => !options.failed || outcome === "failed",
        );
        showEvaluations(evaluations.slice(0, options.limit), name, context);
        return undefined;
      }
      const all = [
        { field: "automationId", in: [id] },
        ...(options.failed ? [{ field: "status", in: ["failed"] }] : []),
      ];
      const query = { where: { all }, sort: { field: "createdAt", direction: "desc" } } as const;
      const firings = await readPages((page) => api.listObjects("automation-firing", query, page), {
        limit: options.limit,
      });
      const { out, json } = context;
      if (json) {
        out.json(firings);
        return undefined;
      }
      if (firings.length === 0) {
        out.line(options.failed ? `No action of ${name} has failed.` : `Nothing has set ${name} off yet.`);
      } else out.lines(renderFirings(firings, context));
      const [last] = await api.listEvaluations(id);
      if (last !== undefined) out.line(`Last evaluation, ${context.times.short(last.at)}: ${evaluationText(last)}`);
      return undefined;
    },
  }),
);

function renderFirings(firings: readonly AutomationFiring[], { out, times }: CommandContext): readonly string[] {
  const { paint } = out.look;
  const styles = { pending: paint.yellow, done: paint.green, failed: paint.red };
  const table = renderTable(
    firings,
    [
      { title: "AT", cell: ({ createdAt }) => times.short(createdAt) },
      { title: "STATUS", cell: ({ status }) => status, style: ({ status }) => styles[status] },
      { title: "WHY", cell: reasonOf, shrinksTo: 16 },
      { title: "ACTIONS", cell: (firing) => outcomesOf(firing).map(outcomeText).join(", "), shrinksTo: 12 },
    ],
    { width: out.width, look: out.look },
  );
  const faults = firings.flatMap((firing) => {
    const at = times.short(firing.createdAt);
    const failed = outcomesOf(firing).flatMap(({ kind, status, reason }) =>
      status === "failed" ? [`${at}: ${kind}: ${cleanLine(reason ?? "")}`] : [],
    );
    const waiting = waitingOf(firing).map(
      ({ kind, reason, nextTryAt }) => `${at}: ${kind}: ${cleanLine(reason)}; tried again ${times.short(nextTryAt)}`,
    );
    return [...failed, ...waiting].map((line) => paint.dim(line));
  });
  return faults.length === 0 ? table : [...table, "", ...faults];
}

/** What is kept of an action that was done. */
interface Outcome {
  readonly kind: string;
  readonly status: "executed" | "failed";
  readonly reason?: string;
}

function outcomesOf({ outcomes = [] }: AutomationFiring): readonly Outcome[] {
  return outcomes as unknown as readonly Outcome[];
}

/** An attempt that failed, and is made again. */
interface Try {
  readonly index: number;
  readonly kind: string;
  readonly reason: string;
  readonly nextTryAt: number;
}

/** The last try of each action that is not done yet. */
function waitingOf({ status, outcomes = [], tries = [] }: AutomationFiring): readonly Try[] {
  if (status !== "pending") return [];
  const last = new Map((tries as unknown as readonly Try[]).map((each) => [each.index, each]));
  return [...last.values()].filter(({ index }) => !outcomes.some((outcome) => outcome.index === index));
}

function outcomeText({ kind, status }: Outcome): string {
  return status === "failed" ? `${kind} failed` : kind;
}

function reasonOf({ firing }: AutomationFiring): string {
  const kept = firing as { readonly firing?: Partial<Firing> } | undefined;
  const { state, reason = "" } = kept?.firing ?? {};
  return state === "Resolved" ? `resolved: ${reason}` : reason;
}
