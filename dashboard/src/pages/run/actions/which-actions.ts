/** What can be done with a run, by its state. */

import { type FlowRun, isTerminal, type StateType } from "millrace/client";
import type { Needs } from "../../../app/may.ts";

export const runActions = ["answer", "retry", "cancel", "rerun", "force", "delete"] as const;
export type RunAction = (typeof runActions)[number];

export interface OfferedAction {
  readonly action: RunAction;
  /** Beside the title of the run; the others are in the menu. */
  readonly isFirst: boolean;
  /** Why it cannot be done now. */
  readonly whyNot: string | null;
}

/** The call that each leads to. */
export const neededFor: Readonly<Record<RunAction, Needs>> = {
  answer: "answerPause",
  retry: ["changeFlowRuns", { action: "retry" }],
  cancel: "proposeFlowRunState",
  rerun: "submitRun",
  force: "proposeFlowRunState",
  delete: "deleteFlowRun",
};

const retried: ReadonlySet<StateType> = new Set(["FAILED", "CRASHED", "CANCELLED"]);

export function offeredActions({ state: { type, name } }: Pick<FlowRun, "state">): readonly OfferedAction[] {
  const hasEnded = isTerminal(type);
  return [
    ...offer("answer", type === "PAUSED", true),
    ...offer("retry", retried.has(type), true),
    ...offer("cancel", !hasEnded, type !== "PAUSED" && type !== "SCHEDULED"),
    ...offer("rerun", true, hasEnded),
    ...offer("force", true, false),
    { action: "delete", isFirst: false, whyNot: hasEnded ? null : `It is ${name}: cancel it first.` },
  ];
}

function offer(action: RunAction, isOffered: boolean, isFirst: boolean): readonly OfferedAction[] {
  return isOffered ? [{ action, isFirst, whyNot: null }] : [];
}
