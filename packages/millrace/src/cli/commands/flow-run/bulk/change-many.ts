/** One change of many flow runs: what would become of each is said first, then asked, then done. */

import type { Api } from "../../../../contract/api.ts";
import type { FlowRunAction } from "../../../../contract/bulk.ts";
import type { FlowRun } from "../../../../contract/flow-run.ts";
import type { FlowRunProposal } from "../../../../contract/record.ts";
import type { Condition } from "../../../../contract/query.ts";
import { flag } from "../../../arguments/options.ts";
import { type CommandContext, type ExitCode, exitCodes } from "../../../command.ts";
import { confirm } from "../../../confirm.ts";
import { cleanLine } from "../../../output/clean-text.ts";
import { plural } from "../../../output/numbers.ts";
import { runFilterOptions } from "../../../run-filter.ts";

/** Runs of one call. */
const pageSize = 500;
/** Refusals that are shown to people. */
const maxShown = 10;

export const bulkOptions = {
  ...runFilterOptions,
  dryRun: flag("Say what would become of the runs, and change nothing."),
  yes: flag("Do not ask.", { short: "y" }),
} as const;

export const bulkDetails = [
  "Says first how many runs would be changed, and asks. A run that cannot be changed is left as it is, and told with the reason.",
  'With --json: `{ "matched": n, "changed": [ids], "refused": [{ id, name, reason }] }`. Exit code 1 when a run was refused.',
] as const;

/** How one page of runs is changed, or what would become of it. */
export type ChangePage = (page: {
  readonly isDryRun: boolean;
  readonly cursor: string | null;
}) => Promise<Pick<Changed, "changed" | "refused"> & { readonly next: string | null }>;

export interface Changed {
  readonly matched: number;
  readonly changed: readonly string[];
  readonly refused: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
}

/** By the orchestrator, as its own call. */
export function byAction(
  api: Api,
  { where, action }: { readonly where: Condition; readonly action: FlowRunAction },
): ChangePage {
  return ({ isDryRun, cursor }) => api.changeFlowRuns({ where, action, isDryRun, cursor, max: pageSize });
}

/**
 * Run by run, by a proposal each.
 *
 * @param change.refuse why a run is left out before it is asked for; null for one that is changed
 */
export function byProposal(
  api: Api,
  change: {
    readonly where: Condition;
    readonly refuse: (run: FlowRun) => string | null;
    readonly propose: (run: FlowRun) => FlowRunProposal;
  },
): ChangePage {
  const { where, refuse, propose } = change;
  return async ({ isDryRun, cursor }) => {
    const page = await api.listFlowRuns({ where }, "created-asc", { limit: pageSize, cursor });
    const changed: string[] = [];
    const refused: { id: string; name: string; reason: string }[] = [];
    for (const run of page.items) {
      const { id, name } = run;
      const reason = refuse(run) ?? (isDryRun ? null : await refusalOf(api, propose(run)));
      if (reason === null) changed.push(id);
      else refused.push({ id, name, reason });
    }
    return { changed, refused, next: page.next };
  };
}

/** Null when the run has taken the state. */
async function refusalOf(api: Api, proposal: FlowRunProposal): Promise<string | null> {
  const { decision, run } = await api.proposeFlowRunState(proposal);
  if (run === null) return "It is gone.";
  return decision.answer === "ACCEPT" || run.state.type === proposal.state.type ? null : decision.reason;
}

/** @param words "cancel" and "cancelled", for the question and the answer */
export async function changeMany(
  api: Api,
  change: {
    readonly where: Condition;
    readonly page: ChangePage;
    readonly words: { readonly verb: string; readonly done: string };
    readonly options: { readonly dryRun: boolean; readonly yes: boolean };
  },
  context: CommandContext,
): Promise<ExitCode | undefined> {
  const { where, page, words, options } = change;
  const { out, json } = context;
  const matched = await api.count("flow-run", where);
  const foreseen = await all(page, { isDryRun: true });
  if (options.dryRun || foreseen.changed.length === 0) {
    const told: Changed = { matched, ...foreseen };
    if (json) out.json(options.dryRun ? told : { ...told, changed: [] });
    else {
      out.line(`${plural(matched, "flow run")} found: ${foreseen.changed.length} would be ${words.done}.`);
      sayRefused(told, context);
    }
    return undefined;
  }
  const left = foreseen.refused.length === 0 ? "" : `, and leave ${foreseen.refused.length}`;
  const question = `${words.verb[0]?.toUpperCase()}${words.verb.slice(1)} ${plural(foreseen.changed.length, "flow run")}${left}?`;
  await confirm({ question, isSure: options.yes }, context);
  const done: Changed = { matched, ...(await all(page, { isDryRun: false })) };
  if (json) out.json(done);
  else {
    out.line(`${plural(done.changed.length, "flow run")} ${done.changed.length === 1 ? "is" : "are"} ${words.done}.`);
    sayRefused(done, context);
  }
  return done.refused.length === 0 ? undefined : exitCodes.failed;
}

async function all(page: ChangePage, { isDryRun }: { readonly isDryRun: boolean }): Promise<Omit<Changed, "matched">> {
  const changed: string[] = [];
  const refused: Changed["refused"][number][] = [];
  for (let cursor: string | null = null; ; ) {
    const answered: Awaited<ReturnType<ChangePage>> = await page({ isDryRun, cursor });
    changed.push(...answered.changed);
    refused.push(...answered.refused);
    cursor = answered.next;
    if (cursor === null) return { changed, refused };
  }
}

function sayRefused({ refused }: Changed, { err }: CommandContext): void {
  for (const { name, reason } of refused.slice(0, maxShown)) err.line(cleanLine(`${name}: ${reason}`));
  if (refused.length > maxShown) err.line(`… and ${refused.length - maxShown} more; --json tells all.`);
}
