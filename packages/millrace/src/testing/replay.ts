/** Replays a recorded run against the code as it is now: does the code still do what it did? */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowDefinition } from "../contract/definitions.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ResultRef } from "../contract/results.ts";
import { isTerminal, type State } from "../contract/states.ts";
import { createIds } from "../kit/ids.ts";
import { createRandom } from "../kit/random.ts";
import { leaveSeat, takeSeat } from "./current-ledger.ts";
import { type EndedRun, toEnd } from "./ended-run.ts";
import { checkRecording, importRecording } from "./import-recording.ts";
import { createLedgerClock } from "./ledger-clock.ts";
import { openLedgerProcess } from "./ledger-process.ts";
import type { RunRecording } from "./recording.ts";
import { type Drift, ReplayWatch } from "./replay-watch.ts";
import { type AnyFlow, definitionOf } from "./subjects.ts";

export interface ReplayOptions {
  /**
   * `stop` ends the replay at the first call that the record does not have: no task body is run. `rerun` runs such calls, bodies
   * and all, so that the end of the changed code can be seen; replace what must not run with `withTask()`. Default `stop`.
   */
  readonly onDrift?: "stop" | "rerun";
  /** Runs first, in the ledger of the replay: sets the variables and secrets that the flow's own body reads. */
  readonly setUp?: () => Promise<unknown>;
}

export interface Replay {
  /** The code called what is recorded and nothing else, and ended as recorded, or came to where the record ends. */
  readonly matches: boolean;
  /** Where code and record differ, in the order in which it was found. */
  readonly drift: readonly Drift[];
  /** Calls that were answered from the record. */
  readonly delivered: number;
  /** The first recorded call that had not ended: the record ends there, and so does the replay. Else null. */
  readonly unfinishedAt: string | null;
  /** The end of the recorded run; null when it had none. */
  readonly recordedEnd: State | null;
  /** The end of the replay; null when it stopped at drift, or where the record ends. */
  readonly end: State | null;
  /** What the flow returned now. */
  readonly value: unknown;
  /** What it threw now; null when it completed. */
  readonly error: unknown;
  /** The above in a few lines, for a failed test. */
  readonly summary: string;
}

/**
 * Calls the flow's function with the recorded parameters, in a throw-away ledger that has the record: recorded results are
 * delivered, and nothing that is recorded is executed. The flow's hooks are not called.
 *
 * @example const { matches, summary } = await replay(recording, pipeline); assert(matches, summary);
 * @throws USAGE for what is no recording
 */
export async function replay(recording: RunRecording, flow: AnyFlow, options: ReplayOptions = {}): Promise<Replay> {
  const recorded = checkRecording(recording);
  const { onDrift = "stop", setUp } = options;
  const { openThrowAwayStore } = await import("../app/open-throw-away-store.ts");
  const home = mkdtempSync(join(tmpdir(), "millrace-replay-"));
  const throwAway = await openThrowAwayStore({ database: "memory", home });
  const { store, settings } = throwAway;
  const start = Math.ceil(recorded.state.at) + 1;
  const clock = createLedgerClock({
    time: "virtual",
    start,
    isAsking: () => false,
    isWorking: () => false,
    isWaiting: () => false,
    executor: () => process.engine,
  });
  const left = new MillraceError("CANCELLED", { kind: "Replay of", name: recorded.name, reason: "" });
  const watch = new ReplayWatch({
    records: recording.taskRuns,
    isCutOff: endOf(recorded) === null,
    onLeft: () => {
      if (onDrift === "stop") for (const run of process.engine.activeRuns) run.stop(left);
    },
  });
  const ids = createIds({ seed: recorded.id, now: () => clock.engine.now() });
  const process = await openLedgerProcess({
    settings,
    store,
    clock: clock.engine,
    newId: () => ids.uuidv7(),
    random: createRandom(recorded.id),
    observer: watch.observer,
    onInput: () => undefined,
  });
  const seat = { runtime: process.engine };
  takeSeat(seat);
  try {
    await setUp?.();
    await importRecording(recording, { store, storage: process.engine.ports.storage });
    const ended = await goOn(process, { id: recorded.id, definition: withoutHooks(definitionOf(flow)), onDrift });
    return report(recorded, ended, watch, left);
  } finally {
    leaveSeat(seat);
    await process.close();
    clock.close();
    await throwAway.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function goOn(
  { engine, api }: Awaited<ReturnType<typeof openLedgerProcess>>,
  {
    id,
    definition,
    onDrift,
  }: { readonly id: string; readonly definition: FlowDefinition; readonly onDrift: "stop" | "rerun" },
): Promise<EndedRun> {
  const run = await engine.claim(id, "resume");
  const parameters = engine.decode(run.parameters);
  return toEnd(engine.continueFlow({ run, definition, parameters, mode: "resume", onDrift }), id, async () => api);
}

const hookNames = new Set<string>(["onRunning", "onCompletion", "onFailure", "onCancellation", "onCrashed"]);

function withoutHooks(definition: FlowDefinition): FlowDefinition {
  const options = Object.fromEntries(Object.entries(definition.options).filter(([name]) => !hookNames.has(name)));
  return { ...definition, options };
}

function report(recorded: FlowRun, ended: EndedRun, watch: ReplayWatch, left: MillraceError): Replay {
  const { error } = ended;
  const isLeft = error === left;
  const found = isMillraceError(error, "RESUME_DRIFT") ? [toDrift(error)] : [];
  const isWhole = !isLeft && found.length === 0;
  const drift = [...watch.unrecorded, ...found, ...(isWhole ? watch.notCalled() : [])];
  const recordedEnd = endOf(recorded);
  const end = isWhole ? ended.run.state : null;
  const isSameEnd =
    watch.unfinishedAt !== null || recordedEnd === null || (end !== null && isSame(recorded, ended.run));
  const parts = {
    matches: drift.length === 0 && isSameEnd,
    drift,
    delivered: watch.delivered,
    unfinishedAt: watch.unfinishedAt,
    recordedEnd,
    end,
    value: ended.value,
    error: isLeft ? null : error,
  };
  return { ...parts, summary: summarize(recorded, parts) };
}

/** A crash is no end: the code had more to do. */
function endOf({ state }: FlowRun): State | null {
  return isTerminal(state.type) && state.type !== "CRASHED" ? state : null;
}

function toDrift({ data }: MillraceError): Drift {
  return { called: String(data.called), recorded: String(data.recorded) };
}

/** By state and by what was returned, where both were kept. */
function isSame(recorded: FlowRun, now: FlowRun): boolean {
  if (recorded.state.type !== now.state.type || recorded.state.name !== now.state.name) return false;
  const [before, after] = [contentOf(recorded.result), contentOf(now.result)];
  return before === null || after === null || before === after;
}

function contentOf(result: ResultRef | null): string | null {
  if (result === null || result.storage === "none") return null;
  return result.storage === "inline" ? result.data : result.key;
}

function summarize(recorded: FlowRun, replay: Omit<Replay, "summary">): string {
  const { matches, drift, delivered, unfinishedAt, recordedEnd, end } = replay;
  const lines = drift.map(({ called, recorded: was }) => {
    if (was === null) return `  called, and not recorded: ${called}`;
    return called === null ? `  recorded, and not called: ${was}` : `  called ${called}, where ${was} is recorded`;
  });
  if (unfinishedAt !== null) lines.push(`  the record ends at ${unfinishedAt}`);
  if (recordedEnd !== null && end !== null) lines.push(`  recorded end: ${show(recordedEnd)}; now: ${show(end)}`);
  const verdict = matches ? "matches the code" : "does not match the code";
  return [
    `The record of ${recorded.flowName} ${recorded.id} ${verdict} (${delivered} calls taken from it)`,
    ...lines,
  ].join("\n");
}

function show({ name, message }: State): string {
  return message === undefined ? name : `${name} (${message})`;
}
