/** A person answers a paused run. */

import type { ValueFault } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { AnsweredPause, AnswerToPause } from "../contract/inbox.ts";
import type { JsonObject } from "../contract/objects.ts";
import { answerId, type RunInput, timeoutSender } from "../contract/records.ts";
import { isTerminal } from "../contract/states.ts";
import { maskSecretFields } from "../rules/secret-fields.ts";
import { findFaults } from "./check-values.ts";
import { answered, type AnsweringOptions, letGoOn, notWaiting, writeAnswer } from "./give-answer.ts";
import { findWaiting, readOrThrow } from "./inbox.ts";
import { formOf, openAnswers } from "./paused-run.ts";

export async function answerPause(options: AnsweringOptions, answer: AnswerToPause): Promise<AnsweredPause> {
  const { store, clock } = options;
  const { input = null, then = "schedule" } = answer;
  const asked = await readOrThrow(store, answer.flowRunId);
  const run = await findWaiting(store, asked);
  if (run === null) throw notWaiting(asked, describeState(asked));
  const { pauseKey, pauseTimeoutAt } = run.state.details ?? {};
  if (answer.key !== undefined && answer.key !== pauseKey) {
    throw notWaiting(run, `it waits at ${pauseKey ?? "no key"}, not at ${answer.key}`);
  }
  if (pauseTimeoutAt !== undefined && pauseTimeoutAt <= clock.now()) {
    throw notWaiting(run, "its time to be answered is over");
  }
  const inputs = await store.findRunInputs(run.id);
  const { refused, given } = openAnswers(run, inputs, run.state);
  if (given !== null) {
    // Whoever gave it may have died before the run was told.
    await letGoOn(options, run, { answer: given, then });
    throw answered(run, given.sender);
  }
  const answeredBy = whoAnswers(run, answer);
  const schema = await checkForm(run, inputs, answer.input);
  const text = JSON.stringify(input);
  const written = await writeAnswer(options, run, { id: answerId(refused.length), value: text, sender: answeredBy });
  const goesOn = await letGoOn(options, run, { answer: written, then });
  const at = written?.createdAt ?? clock.now();
  const value = maskSecretFields(schema, input);
  return {
    answer: { key: pauseKey ?? "", answeredBy, at, value, state: "given", reason: null, byTimeout: false },
    run: await readOrThrow(store, run.id),
    goesOn,
  };
}

/**
 * Who is put down as having answered: the account, where the server knows its callers. Else the name that is given is believed,
 * and held against those who may: that keeps a mistake out, and nobody who means it. @throws ANSWER_NOT_ALLOWED
 */
function whoAnswers({ id, state }: FlowRun, { caller, answeredBy }: AnswerToPause): string | null {
  const { answerers = [], pauseKey: key = "" } = state.details ?? {};
  const refuse = (reason: string): MillraceError =>
    new MillraceError("ANSWER_NOT_ALLOWED", { id, key, reason, answerers: answerers.join(", ") || "people" });
  const name = caller?.name ?? answeredBy ?? null;
  if (name === timeoutSender) throw refuse("nobody answers in the name of the timeout");
  if (answerers.length === 0) return name;
  if (name === null) throw refuse("it does not say who gives it");
  if (!answerers.includes(name)) throw refuse(`${name} is none of those who may give it`);
  return name;
}

/** The form, which the answer meets. @throws INPUT_INVALID, PAUSE_NOT_WAITING when the form is still to come */
async function checkForm(run: FlowRun, inputs: readonly RunInput[], input: unknown): Promise<JsonObject | null> {
  const schema = formOf(run.state, inputs);
  if (schema === undefined) throw notWaiting(run, "its form is still to come");
  if (schema === null) return null;
  const faults: readonly ValueFault[] =
    input === undefined ? [{ path: [], message: "is missing" }] : await findFaults(schema, input);
  if (faults.length === 0) return schema;
  const issues = faults.map(({ path, message }) => `${path.length === 0 ? "the answer" : path.join(".")} ${message}`);
  const key = run.state.details?.pauseKey ?? "";
  throw new MillraceError("INPUT_INVALID", { key, issues: issues.join("; "), paths: faults });
}

function describeState({ state }: FlowRun): string {
  return isTerminal(state.type) ? `it has ended ${state.name}` : `it is ${state.name}`;
}
