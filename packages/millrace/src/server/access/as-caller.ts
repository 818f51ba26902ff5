/**
 * The Api as somebody calls it from outside. Who they are counts, where the server knows that, and not whom they say that they
 * are: for who answers what, and who has made what. What answers a pause comes through the one door that looks at who may.
 */

import type { Identity } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { Json } from "../../contract/objects.ts";
import { isAnswerId, refusalKey, type RunInput, signalKey, timeoutSender } from "../../contract/records.ts";
import type { Clock } from "../../kit/clock.ts";

/** Methods that are not the same for everybody. */
export const callsOfCaller = [
  "answerPause",
  "changeFlowRuns",
  "sendRunInput",
  "submitRun",
  "record",
  "saveDeployment",
  "updateDeployment",
] as const satisfies readonly (keyof Api)[];

export type ApiOfCaller = Pick<Api, (typeof callsOfCaller)[number]>;

export interface CalledApi {
  readonly api: Api;
  readonly clock: Clock;
}

const ownKeys = [signalKey(""), refusalKey("")];

/** By how much the clock of a process may be ahead of this one's, in ms, when it says that the time of a pause is over. */
const maxAheadMs = 60_000;

/** @param identity null where nobody is asked who they are */
export function asCaller({ api, clock }: CalledApi, identity: Identity | null): ApiOfCaller {
  const sendRunInput: Api["sendRunInput"] = async (input) => {
    await refuseAnswers({ api, clock }, input);
    return api.sendRunInput(input);
  };
  if (identity === null) return { ...api, sendRunInput };
  const { account, scope } = identity;
  const caller = { name: account.name };
  const by: Json = { id: account.id, type: account.kind === "person" ? "USER" : "SERVICE", displayValue: account.name };
  return {
    answerPause: (answer) => api.answerPause({ ...answer, caller }),
    changeFlowRuns: (change) => api.changeFlowRuns({ ...change, caller }),
    sendRunInput,
    submitRun: (submission) => api.submitRun({ ...submission, createdBy: by }),
    record: (batch) =>
      scope !== undefined || batch.created === undefined
        ? api.record(batch)
        : api.record({ ...batch, created: batch.created.map((run) => withCreator(run, by)) }),
    saveDeployment: (deployment) => api.saveDeployment({ ...deployment, createdBy: by, updatedBy: by }),
    updateDeployment: (id, change, revision) => api.updateDeployment(id, { ...change, updatedBy: by }, revision),
  };
}

/** What a flow calls was made by that flow. */
function withCreator<Run extends { readonly parentRunId?: string | null; readonly extra?: FlowRun["extra"] }>(
  run: Run,
  createdBy: Json,
): Run {
  return run.parentRunId == null ? { ...run, extra: { ...run.extra, createdBy } } : run;
}

/**
 * An answer is no input that anybody may send. What the process of the run sends goes through: that nobody has answered in
 * time, with what it had said would be taken then.
 *
 * @throws ANSWER_NOT_ALLOWED
 */
async function refuseAnswers({ api, clock }: CalledApi, input: Omit<RunInput, "createdAt">): Promise<void> {
  const { flowRunId: id, key, sender } = input;
  // Signals, and what a run says of answers that it did not take: no question has such a key.
  if (ownKeys.some((start) => key.startsWith(start))) return;
  const run = await api.readFlowRun(id);
  const pause = run?.history.findLast(({ type, details }) => type === "PAUSED" && details?.pauseKey === key);
  const { answerers = [], pauseTimeoutAt = Infinity, timeoutAnswer } = pause?.details ?? {};
  if (sender === timeoutSender) {
    if (input.value === timeoutAnswer && pauseTimeoutAt <= clock.now() + maxAheadMs) return;
  } else if (!isAnswerId(input.id) && (run === null || !isAsked(run, key))) return;
  const reason = "an answer is given as such, and not sent as an input";
  throw new MillraceError("ANSWER_NOT_ALLOWED", { id, key, reason, answerers: answerers.join(", ") || "people" });
}

/** Whether a run of ours waits for what is sent under this key. Those of others are answered by inputs, by their own clients. */
function isAsked({ state, extra }: FlowRun, key: string): boolean {
  return state.type === "PAUSED" && state.details?.pauseKey === key && extra.pauseKeys === undefined;
}
