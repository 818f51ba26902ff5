import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { isTerminal } from "../../../contract/states.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { setBy } from "../../set-by.ts";

/** How long the command waits to see the run end. A process hears of its cancellation within a second or two. */
const waitMs = 15_000;
const lookEveryMs = 200;

export const flowRunCancel = defineCommand({
  summary: "Cancel a run",
  details: [
    "Asks the process that executes the run to stop, and waits a while for it. What nobody executes is Cancelled at once.",
    "--force sets the state Cancelled without asking anybody; a process that still executes the run is refused from then on.",
  ],
  positionals: { run: required(runArgument) },
  options: { force: flag("Set the state past the rules, and record that.") },
  examples: [
    { command: "flow-run cancel latest", why: "stop what runs" },
    { command: "flow-run cancel 019a3b2c-4d5e --force", why: "its process is on a machine that is gone" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const { id } = await findFlowRun(api, args.run);
    const run = options.force ? await force(api, id) : await cancel(api, id, context);
    if (context.json) context.out.json(run);
    else if (run.state.type === "CANCELLED") context.out.line(`${runTitle(run, context.out.look)} is Cancelled.`);
    else
      context.out.line(
        `${runTitle(run, context.out.look)} is ${run.state.name} still: millrace flow-run watch ${shortId(run.id)}`,
      );
    return isTerminal(run.state.type) ? exitCodes.ok : exitCodes.failed;
  },
});

async function cancel(api: Api, id: string, { clock, interrupt }: CommandContext): Promise<FlowRun> {
  const { decision, run } = await api.proposeFlowRunState({ id, state: { type: "CANCELLING", name: "Cancelling" } });
  if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  if (decision.answer === "ABORT" || decision.answer === "WAIT") {
    throw new MillraceError("TRANSITION_REFUSED", {
      kind: "Flow run",
      id,
      from: run.state.name,
      to: "Cancelled",
      reason: decision.reason,
    });
  }
  const signal = interrupt();
  const until = clock.monotonic() + waitMs;
  let now: FlowRun = run;
  while (!isTerminal(now.state.type) && clock.monotonic() < until && !signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => undefined);
    now = (await api.readFlowRun(id)) ?? now;
  }
  return now;
}

async function force(api: Api, id: string): Promise<FlowRun> {
  const { run } = await api.proposeFlowRunState({
    id,
    state: { type: "CANCELLED", name: "Cancelled", message: "Cancelled by force" },
    force: setBy("flow-run cancel --force"),
  });
  if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  return run;
}
