import type { Api } from "../../../../contract/api.ts";
import type { FlowRunAction } from "../../../../contract/bulk.ts";
import type { Condition } from "../../../../contract/query.ts";
import type { StateType } from "../../../../contract/states.ts";
import { text } from "../../../arguments/options.ts";
import { required } from "../../../arguments/positionals.ts";
import { UsageProblem } from "../../../arguments/usage-problem.ts";
import { defineCommand } from "../../../command.ts";
import { readPages } from "../../../read-pages.ts";
import { statesOf, toRunCondition } from "../../../run-filter.ts";
import { parseSince } from "../../../since.ts";
import { setBy } from "../../../set-by.ts";
import { checkStates } from "../../../state-names.ts";
import { toState } from "../state-set.ts";
import { bulkDetails, bulkOptions, byAction, byProposal, changeMany } from "./change-many.ts";

interface Kind {
  readonly action: FlowRunAction;
  readonly summary: string;
  readonly details: readonly string[];
  readonly words: { readonly verb: string; readonly done: string };
  readonly example: { readonly command: string; readonly why: string };
}

const actionOptions = {
  ...bulkOptions,
  failure: text("FINGERPRINT", "Runs of this group of failures, as the dashboard groups them."),
  failedSince: text("TIME", "With --failure: those that failed since: a duration such as 2h, or a date."),
} as const;

/** A change that the orchestrator makes by itself. */
function defineBulk({ action, summary, details, words, example }: Kind) {
  return defineCommand({
    summary,
    details: [...details, ...bulkDetails],
    positionals: {},
    options: actionOptions,
    examples: [example, { command: `${example.command} --dry-run`, why: "how many would that be?" }],
    async run({ options }, context) {
      const { failure, failedSince } = options;
      const now = context.clock.now();
      const chosen = toRunCondition({ ...options, allRuns: options.allRuns || failure !== undefined }, now);
      const since = failedSince === undefined ? 0 : parseSince(failedSince, now);
      if (failedSince !== undefined && failure === undefined) {
        throw new UsageProblem("--failed-since says which runs of a --failure are meant", "--since takes all runs");
      }
      await using host = await context.openHost();
      await checkStates(host.api, statesOf(options));
      const where =
        failure === undefined ? chosen : await ofFailure(host.api, { where: chosen, since, fingerprint: failure });
      const page = byAction(host.api, { where, action });
      return await changeMany(host.api, { where, page, words, options }, context);
    },
  });
}

/** The runs themselves: those that are retried leave their group while it is gone through. */
async function ofFailure(
  api: Api,
  group: { readonly where: Condition; readonly since: number; readonly fingerprint: string },
): Promise<Condition> {
  const runs = await readPages((page) => api.listFailedRuns({ ...group, page }));
  return { field: "id", in: runs.map(({ flowRunId }) => flowRunId) };
}

export const flowRunBulkCancel = defineBulk({
  action: "cancel",
  summary: "Cancel all runs that are chosen",
  details: [
    "Those that a process executes are told to stop; `flow-run ls --state CANCELLING` shows which have not yet.",
  ],
  words: { verb: "cancel", done: "cancelled" },
  example: { command: "flow-run bulk cancel --flow etl --state SCHEDULED,RUNNING", why: "all of a flow" },
});

export const flowRunBulkRetry = defineBulk({
  action: "retry",
  summary: "Schedule again all runs that are chosen and failed, crashed or were cancelled",
  details: ["Only runs of deployments: a worker, or who serves them, executes them again."],
  words: { verb: "retry", done: "scheduled again" },
  example: { command: "flow-run bulk retry --state FAILED,CRASHED --since 1d", why: "what went wrong today" },
});

export const flowRunBulkDelete = defineBulk({
  action: "delete",
  summary: "Delete all runs that are chosen, with their tasks, logs and artifacts",
  details: ["Runs that are running are left; cancel them first."],
  words: { verb: "delete", done: "deleted" },
  example: { command: "flow-run bulk delete --state COMPLETED --before 90d", why: "what is old" },
});

export const flowRunBulkResume = defineBulk({
  action: "resume",
  summary: "Let all runs go on that are chosen, are paused or suspended, and ask for no answer",
  details: [
    "A paused run goes on in its own process; a suspended one is of a deployment, and a worker, or who serves it, takes it up again. Those that ask for an answer are left: `inbox answer` gives one.",
  ],
  words: { verb: "resume", done: "resumed" },
  example: { command: "flow-run bulk resume --deployment nightly", why: "all that wait" },
});

export const flowRunBulkStateSet = defineCommand({
  summary: "Set the state of all runs that are chosen, by hand",
  details: [
    "Without --force-reason the rules decide, and may refuse. With it the state is set past the rules, and the record says who did it and why.",
    ...bulkDetails,
  ],
  positionals: { state: required("The state's type: FAILED, CANCELLED, COMPLETED …") },
  options: {
    ...bulkOptions,
    message: text("TEXT", "Why, for people."),
    forceReason: text("TEXT", "Set it past the rules, for this reason."),
  },
  examples: [
    {
      command: 'flow-run bulk set-state CRASHED --state RUNNING --before 2d --force-reason "machine is gone"',
      why: "",
    },
    { command: "flow-run bulk set-state CANCELLED --state SCHEDULED --flow etl --dry-run", why: "how many?" },
  ],
  async run({ args, options }, context) {
    const state = toState(args.state);
    const where = toRunCondition(options, context.clock.now());
    const { message, forceReason } = options;
    const by = setBy("flow-run bulk set-state");
    await using host = await context.openHost();
    await checkStates(host.api, statesOf(options));
    const page = byProposal(host.api, {
      where,
      refuse: (run) => refuseSame(run.state.type, state.type),
      propose: ({ id }) => ({
        id,
        state: { ...state, ...(message === undefined ? {} : { message }) },
        ...(forceReason === undefined ? {} : { force: `${by}: ${forceReason}` }),
      }),
    });
    const words = { verb: `set to ${state.type}`, done: `set to ${state.type}` };
    return await changeMany(host.api, { where, page, words, options }, context);
  },
});

function refuseSame(from: StateType, to: StateType): string | null {
  return from === to ? `It is ${to} already.` : null;
}
