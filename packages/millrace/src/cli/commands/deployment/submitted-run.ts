/** A run that was just submitted: what is said of it, or shown until it ends. */

import type { Api } from "../../../contract/api.ts";
import type { SubmittedRun } from "../../../contract/deployments.ts";
import { type CommandContext, type ExitCode, exitCodes } from "../../command.ts";
import { watchRun } from "../../live/watch-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";

export async function reportSubmitted(
  api: Api,
  { submitted, stays }: { readonly submitted: SubmittedRun; readonly stays: boolean },
  context: CommandContext,
): Promise<ExitCode | undefined> {
  if (stays) return await watch(api, submitted, context);
  if (context.json) context.out.json(submitted);
  else await tell(api, submitted, context);
  return undefined;
}

async function watch(api: Api, { run }: SubmittedRun, context: CommandContext): Promise<ExitCode> {
  const end = await watchRun({ api, id: run.id, context });
  if (end === null) return exitCodes.interrupted;
  if (context.json) context.out.json(end);
  return end.state.type === "COMPLETED" ? exitCodes.ok : exitCodes.failed;
}

async function tell(api: Api, { run, isNew }: SubmittedRun, { out, times }: CommandContext): Promise<void> {
  const title = runTitle(run, out.look);
  if (!isNew) {
    out.line(`${title} (${run.id}) was submitted before with this key. It is ${cleanLine(run.state.name)}.`);
    return;
  }
  out.line(`Submitted ${title} (${run.id}).`);
  const { holds } = await api.whyWaiting(run.id);
  for (const { kind, reason, advice, until } of holds) {
    const due = until === null ? "" : ` It is due ${times.short(until)}.`;
    out.line(kind === "not-due" ? due.trim() : cleanLine(`${reason}${due}${advice === null ? "" : ` ${advice}`}`));
  }
  if (holds.length === 0) out.line(out.look.paint.dim(`millrace flow-run watch ${shortId(run.id)}`));
}
