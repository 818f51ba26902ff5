/** Assertions on runs, for any test runner: they throw AssertionError with what the ledger has. */

import { AssertionError } from "node:assert";
import type { FlowRun } from "../contract/flow-run.ts";
import type { State } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import type { LedgerReading } from "./ledger-reading.ts";
import type { RunSubject } from "./subjects.ts";

/** A run of a flow or of a task, or what `ledger.run()` gave back. */
export type StatefulRun =
  | Pick<FlowRun, "id" | "name" | "state" | "history">
  | Pick<TaskRun, "id" | "name" | "state" | "history">
  | { readonly run: Pick<FlowRun, "id" | "name" | "state" | "history"> };

/** What the assertions need of a test ledger. */
type Ledger = Pick<LedgerReading, "taskRuns">;

function runOf(subject: StatefulRun): Pick<FlowRun, "id" | "name" | "state" | "history"> {
  return "run" in subject ? subject.run : subject;
}

function refuse(
  message: string,
  { actual, expected }: { readonly actual: unknown; readonly expected: unknown },
): never {
  throw new AssertionError({ message, actual, expected, operator: "fail", stackStartFn: refuse });
}

function show({ name, message }: State): string {
  return message === undefined ? name : `${name}: ${message}`;
}

/** The run ended in a state of type COMPLETED, under whichever name. */
export function assertCompleted(subject: StatefulRun): void {
  const { name, state } = runOf(subject);
  if (state.type === "COMPLETED") return;
  refuse(`\`${name}\` should have completed; it is ${show(state)}`, { actual: state.type, expected: "COMPLETED" });
}

/** The run ended FAILED; its state's message is this text, or matches this pattern. */
export function assertFailed(subject: StatefulRun, message?: string | RegExp): void {
  const { name, state } = runOf(subject);
  if (state.type !== "FAILED")
    refuse(`\`${name}\` should have failed; it is ${show(state)}`, { actual: state.type, expected: "FAILED" });
  const actual = state.message ?? "";
  const matches = message === undefined || (typeof message === "string" ? actual === message : message.test(actual));
  if (!matches)
    refuse(`\`${name}\` failed for another reason: ${JSON.stringify(actual)}, not ${String(message)}`, {
      actual,
      expected: message,
    });
}

/** The run is in a state of this name (`Cached`) or type (`COMPLETED`). */
export function assertState(subject: StatefulRun, expected: string): void {
  const { name, state } = runOf(subject);
  if (state.name === expected || state.type === expected) return;
  refuse(`\`${name}\` should be ${expected}; it is ${show(state)}`, { actual: state.name, expected });
}

/** The run had these states, by name, in this order and no others. */
export function assertHistory(subject: StatefulRun, expected: readonly string[]): void {
  const { name, history } = runOf(subject);
  const actual = history.map((state) => state.name);
  if (actual.join("\n") === expected.join("\n")) return;
  refuse(`\`${name}\` should have been ${expected.join(" → ")}; it was ${actual.join(" → ")}`, { actual, expected });
}

/** The task was called this many times in the run; with `state`, this many of its runs are in that state, by name or type. */
export async function assertTaskCount(
  ledger: Ledger,
  run: RunSubject,
  taskName: string,
  expected: number,
  options: { readonly state?: string } = {},
): Promise<void> {
  const { state } = options;
  const all = await ledger.taskRuns(run, taskName);
  const counted =
    state === undefined ? all : all.filter((each) => each.state.name === state || each.state.type === state);
  if (counted.length === expected) return;
  const which = state === undefined ? "" : ` ${state}`;
  const found = all.length === 0 ? await describeTasks(ledger, run) : describeStates(all);
  refuse(`\`${taskName}\` should have ${expected}${which} runs, and has ${counted.length} (${found})`, {
    actual: counted.length,
    expected,
  });
}

/** Every run of the first task had ended before any run of the second began. */
export async function assertRanBefore(ledger: Ledger, run: RunSubject, first: string, second: string): Promise<void> {
  const [before, after] = await Promise.all([ledger.taskRuns(run, first), ledger.taskRuns(run, second)]);
  const absent = before.length === 0 ? first : after.length === 0 ? second : null;
  if (absent !== null)
    refuse(`\`${absent}\` was not called (${await describeTasks(ledger, run)})`, { actual: 0, expected: 1 });
  const ended = Math.max(...before.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  const began = Math.min(...after.map(beganAt));
  if (ended <= began) return;
  const overlap = ended - began;
  const how = Number.isFinite(overlap) ? `${Math.ceil(overlap)} ms before` : "though it never came to";
  refuse(`\`${first}\` should have ended before \`${second}\` began; \`${second}\` began ${how} its end`, {
    actual: began,
    expected: ended,
  });
}

/** Of the first attempt; of the call, where there was none. */
function beganAt({ history, createdAt }: TaskRun): number {
  return history.find(({ type }) => type === "RUNNING")?.at ?? createdAt;
}

async function describeTasks(ledger: Ledger, run: RunSubject): Promise<string> {
  const names = new Set((await ledger.taskRuns(run)).map(({ taskName }) => taskName));
  return names.size === 0 ? "the run called nothing" : `the run called ${[...names].join(", ")}`;
}

function describeStates(runs: readonly TaskRun[]): string {
  const counts = new Map<string, number>();
  for (const { state } of runs) counts.set(state.name, (counts.get(state.name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
}
