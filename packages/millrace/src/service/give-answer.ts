/** Giving a paused run an answer, and letting it go on. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { AnsweredPause } from "../contract/inbox.ts";
import { type RunInput, timeoutSender } from "../contract/records.ts";
import type { ProposedState } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { readOrThrow } from "./inbox.ts";
import { answerKeyOf, openAnswers, pausesAsGuest } from "./paused-run.ts";

export interface AnsweringOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly propose: Api["proposeFlowRunState"];
}

/** Null for a pause that has no key: nothing looks for an answer then. @throws PAUSE_ANSWERED */
export async function writeAnswer(
  { store, clock }: AnsweringOptions,
  run: FlowRun,
  { id, value, sender }: Pick<RunInput, "id" | "value" | "sender">,
): Promise<RunInput | null> {
  const key = answerKeyOf(run.state);
  if (key === null) return null;
  const { inputKeys } = run.state.details ?? {};
  const input = {
    flowRunId: run.id,
    key,
    // Whose pauses have keys of their own for the answer, looks for one input of the key.
    id: inputKeys === undefined ? toFreeId(run, id) : "",
    value,
    sender,
    createdAt: Math.max(clock.now(), run.state.at),
  };
  // What an earlier try of a guest was answered does not count.
  if (inputKeys !== undefined) await dropOlder(store, run, key);
  if (await store.writeRunInput(input)) return input;
  const { given } = openAnswers(run, await store.findRunInputs(run.id), run.state);
  throw answered(run, given?.sender ?? null);
}

/** A guest that is tried again gives its pauses the same keys again. */
function toFreeId(run: FlowRun, id: string): string {
  return pausesAsGuest(run) ? `${id}-${run.state.at}` : id;
}

async function dropOlder(store: Store, { id, state }: FlowRun, key: string): Promise<void> {
  const older = await store.findRunInputs(id, key);
  if (older.length > 0 && older.every(({ createdAt }) => createdAt < state.at)) await store.deleteRunInputs(id, key);
}

type GoesOn = AnsweredPause["goesOn"];

/** Our own runs look for their answer; those of guests go on when their state says so. @throws PAUSE_NOT_WAITING */
export async function letGoOn(
  options: AnsweringOptions,
  run: FlowRun,
  { answer, then }: { readonly answer: RunInput | null; readonly then: "schedule" | "leave" },
): Promise<GoesOn> {
  const { store, propose } = options;
  const isSuspended = run.state.details?.suspended === true;
  if (pausesAsGuest(run)) {
    const { decision } = await propose({ id: run.id, guest: true, stateAt: run.state.at, state: goingOn(isSuspended) });
    if (decision.answer === "ACCEPT") return isSuspended ? "when-started" : "in-its-process";
    if (answer !== null) await store.deleteRunInputs(run.id, answer.key);
    throw notWaiting(run, "reason" in decision ? decision.reason : "it is not due");
  }
  if (!isSuspended) {
    if (answer === null) await propose({ id: run.id, stateAt: run.state.at, state: goingOn(false) });
    return "in-its-process";
  }
  const root = run.rootRunId === run.id ? run : await readOrThrow(store, run.rootRunId);
  if (then === "leave" || root.deploymentId === null) return "when-resumed";
  if (root.state.type === "PAUSED") await propose({ id: root.id, stateAt: root.state.at, state: goingOn(true) });
  return "when-started";
}

function goingOn(isSuspended: boolean): ProposedState {
  return isSuspended ? { type: "SCHEDULED", name: "Resuming" } : { type: "RUNNING", name: "Running" };
}

export function notWaiting({ id }: FlowRun, reason: string): MillraceError {
  return new MillraceError("PAUSE_NOT_WAITING", { id, reason });
}

export function answered({ id, state }: FlowRun, sender: string | null): MillraceError {
  const by = sender === timeoutSender ? "its timeout" : (sender ?? "somebody");
  return new MillraceError("PAUSE_ANSWERED", { id, key: state.details?.pauseKey ?? "", by });
}
