import { MillraceError } from "../../../contract/errors.ts";
import { defaultStateNames, type StateType, stateTypes } from "../../../contract/states.ts";
import { nearest } from "../../../kit/nearest.ts";
import { flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { runTitle } from "../../output/run-title.ts";
import { stateText } from "../../output/state-text.ts";
import { setBy } from "../../set-by.ts";

export const flowRunStateSet = defineCommand({
  summary: "Set the state of a run by hand",
  details: [
    "Without --force or --force-reason the rules decide, and may refuse. With one of them the state is set past the rules, and " +
      "the record says who did it and why.",
  ],
  positionals: {
    run: required(runArgument),
    state: required(`One of ${stateTypes.join(", ")}.`),
  },
  options: {
    name: text("NAME", "What people read. Default: as the state's type."),
    message: text("TEXT", "Why, for people."),
    force: flag("Set it past the rules."),
    forceReason: text("TEXT", "Set it past the rules, for this reason."),
  },
  examples: [
    { command: "flow-run state set 019a3b2c-4d5e CANCELLED", why: "by the rules" },
    { command: `flow-run state set 019a3b2c-4d5e FAILED --force-reason "wrong data"`, why: "past them" },
  ],
  async run({ args, options }, context) {
    const type = toStateType(args.state);
    const { name = defaultStateNames[type], message, forceReason } = options;
    const isForced = options.force || forceReason !== undefined;
    const by = setBy("flow-run state set");
    await using host = await context.openHost();
    const { id } = await findFlowRun(host.api, args.run);
    const { decision, run } = await host.api.proposeFlowRunState({
      id,
      state: { type, name, ...(message === undefined ? {} : { message }) },
      ...(isForced ? { force: forceReason === undefined ? by : `${by}: ${forceReason}` } : {}),
    });
    if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
    if (decision.answer !== "ACCEPT" && run.state.type !== type) {
      const { name: from } = run.state;
      throw new MillraceError("TRANSITION_REFUSED", { kind: "Flow run", id, from, to: name, reason: decision.reason });
    }
    if (context.json) context.out.json(run);
    else context.out.line(`${runTitle(run, context.out.look)} is ${stateText(run.state, context.out.look)}.`);
    return undefined;
  },
});

/** @throws UsageProblem with the one that was meant */
export function toState(written: string): { readonly type: StateType; readonly name: string } {
  const type = toStateType(written);
  return { type, name: defaultStateNames[type] };
}

function toStateType(written: string): StateType {
  const found = stateTypes.find((type) => type === written.toUpperCase());
  if (found !== undefined) return found;
  const meant = nearest(written, stateTypes);
  throw new UsageProblem(
    `\`${written}\` is no state`,
    meant === null ? `it is one of ${stateTypes.join(", ")}` : `did you mean ${meant}?`,
  );
}
