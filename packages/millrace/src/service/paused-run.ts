/** What a paused run asks, and what it was answered: read from its state and its inputs. */

import type { InboxItem, PauseAnswer, PauseTimeout } from "../contract/inbox.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Json, JsonObject } from "../contract/objects.ts";
import { isAnswerId, type RunInput, timeoutSender } from "../contract/records.ts";
import type { State, StateDetails } from "../contract/states.ts";
import { parseJson } from "../kit/json.ts";
import { hasGoneOn, readAnswers } from "../rules/pause-answers.ts";
import { maskSecretFields } from "../rules/secret-fields.ts";

/** Executed by an engine that leaves its pauses to the orchestrator: that keeps account of those it has been through. */
export function pausesAsGuest({ extra }: FlowRun): boolean {
  return extra.pauseKeys !== undefined;
}

/** Under which key the run looks for the answer to a pause. Null for a pause from outside, which has none. */
export function answerKeyOf({ details = {} }: State): string | null {
  return details.inputKeys?.answer ?? details.pauseKey ?? null;
}

/** The form of a pause. Undefined while it is still to come: its engine sends it after the pause. */
export function formOf({ details = {} }: State, inputs: readonly RunInput[]): JsonObject | null | undefined {
  const { inputKeys, inputSchema } = details;
  if (inputKeys === undefined) return isObject(inputSchema) ? inputSchema : null;
  const found = inputs.findLast(({ key }) => key === inputKeys.schema);
  const schema = found === undefined ? undefined : readJson(found.value);
  return isObject(schema) ? schema : undefined;
}

/** Null for a run that asks nobody: it is not paused, or its form is still to come. */
export function toInboxItem(run: FlowRun, inputs: readonly RunInput[]): InboxItem | null {
  const { state } = run;
  const schema = formOf(state, inputs);
  if (state.type !== "PAUSED" || schema === undefined) return null;
  const { details = {} } = state;
  return {
    flowRunId: run.id,
    flowName: run.flowName,
    runName: run.name,
    deploymentId: run.deploymentId,
    key: details.pauseKey ?? null,
    kind: details.suspended === true ? "suspended" : "paused",
    title: details.inputTitle ?? null,
    description: descriptionOf(details, inputs),
    schema,
    initialValues: details.initialValues ?? null,
    answerers: details.answerers ?? [],
    since: state.at,
    until: details.pauseTimeoutAt ?? null,
    onTimeout: toTimeout(details, schema),
    answers: answersOf(run, inputs, state),
  };
}

function descriptionOf({ inputDescription, inputKeys }: StateDetails, inputs: readonly RunInput[]): string | null {
  if (inputDescription !== undefined || inputKeys?.description === undefined) return inputDescription ?? null;
  const found = inputs.findLast(({ key }) => key === inputKeys.description);
  const text = found === undefined ? null : readJson(found.value);
  return typeof text === "string" ? text : null;
}

function toTimeout({ timeoutAnswer }: StateDetails, schema: JsonObject | null): PauseTimeout {
  if (timeoutAnswer === undefined) return { kind: "fail" };
  if (schema === null) return { kind: "go-on" };
  return { kind: "answer", answer: maskSecretFields(schema, readJson(timeoutAnswer)) };
}

/** The answers that count for one wait of the run, and those that were refused before. */
export function openAnswers(run: FlowRun, inputs: readonly RunInput[], pause: State): ReturnType<typeof readAnswers> {
  const key = answerKeyOf(pause);
  const counted = pausesAsGuest(run)
    ? // A guest that is tried again gives its pauses the same keys again.
      inputs.filter(({ createdAt }) => createdAt >= pause.at)
    : inputs.filter((input) => input.key !== key || isAnswerId(input.id));
  return key === null ? { refused: [], given: null } : readAnswers(counted, key);
}

function answersOf(run: FlowRun, inputs: readonly RunInput[], pause: State): readonly PauseAnswer[] {
  const { refused, given } = openAnswers(run, inputs, pause);
  const { pauseKey: key = "" } = pause.details ?? {};
  const schema = formOf(pause, inputs) ?? null;
  const toAnswer = (input: RunInput, state: PauseAnswer["state"], reason: string | null): PauseAnswer => ({
    key,
    answeredBy: input.sender === timeoutSender ? null : input.sender,
    at: input.createdAt,
    value: maskSecretFields(schema, readJson(input.value)),
    state,
    reason,
    byTimeout: input.sender === timeoutSender,
  });
  const takenOrGiven = hasGoneOn(run, key) ? "taken" : "given";
  return [
    ...refused.map(({ input, reason }) => toAnswer(input, "refused", reason)),
    ...(given === null ? [] : [toAnswer(given, takenOrGiven, null)]),
  ];
}

/** The answers to all pauses that the run has been in, in the order in which they came. */
export function toAnswers(run: FlowRun, inputs: readonly RunInput[]): readonly PauseAnswer[] {
  const pauses = new Map<string, State>();
  for (const state of run.history) {
    const key = state.type === "PAUSED" ? answerKeyOf(state) : null;
    // The first wait at a pause: an answer may have come between it and the last.
    if (key !== null && !pauses.has(key)) pauses.set(key, state);
  }
  return [...pauses.values()].flatMap((pause) => answersOf(run, inputs, pause)).toSorted((a, b) => a.at - b.at);
}

/** What was sent by other means than a form may be no JSON: then its text is shown. */
function readJson(value: string): Json {
  try {
    return parseJson(value) as Json;
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
