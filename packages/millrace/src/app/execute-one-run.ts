/**
 * The process of one run: it imports the flow, waits until it is given a run, executes it, and ends. The worker
 * that started it is told how far it is, and is not needed for the run's own records.
 */

import { Worker } from "node:worker_threads";
import type { Api } from "../contract/api.ts";
import type { FlowDefinition } from "../contract/definitions.ts";
import { MillraceError, type RecordedError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { stateTypes } from "../contract/states.ts";
import { traceOf } from "../contract/trace-labels.ts";
import { runtimeSlot } from "../contract/runtime.ts";
import { callHooksElsewhere, hooksOfEnd } from "../engine/flow-hooks.ts";
import type { Deadlines } from "../engine/ports.ts";
import { toRecordedError } from "../engine/recorded-errors.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { createMasker, type Masker } from "../kit/mask.ts";
import { endStarted, killStarted, type StartedBy } from "../kit/started-processes.ts";
import { createJsonSerializer } from "../results/json-serializer.ts";
import type { FromRunProcess, ToRunProcess } from "../worker/process/messages.ts";
import { markOf, runFolderVariable } from "../worker/process/run-folder.ts";
import { findFlow } from "./import-module.ts";
import { type OpenedEngine, openEngine } from "./open-engine.ts";
import { readOwnVariable, readSettings, setProgramKey, setProgramTrace } from "./settings.ts";
import { prepareFlow } from "./prepare-flow.ts";
import { endStalled } from "./untimely-end.ts";
import { warmUp } from "./warm-up.ts";

/** A worker that is gone is not waited for longer than this when the run is ended, in ms. */
const lastWordsMs = 3000;

interface Loaded {
  readonly opened: OpenedEngine;
  readonly definition: FlowDefinition;
}

const known = createMasker();
/** The worker is told each secret too: it is in nothing that it tells of the end of this process. */
const masker: Masker = {
  ...known,
  add(text) {
    known.add(text);
    report({ kind: "hides", text });
  },
};

let loading: Promise<Loaded> | null = null;
let runId: string | null = null;
/** A run has come, or will at any moment. */
let isAsked = false;
/** Makes the error that its run is to end with, once it was told that: its function is not called any more. */
let stopped: ((run: FlowRun) => MillraceError) | null = null;
/** Ends the wait for the time of the run. */
const waiting = new AbortController();
/** What this process has started. */
const own: StartedBy = { pid: process.pid, mark: markOf(readOwnVariable(runFolderVariable) ?? "") };
/** Settles when the flow's own function has, whatever was recorded of it by then. */
let body: Promise<unknown> = Promise.resolve();

new Worker(new URL("../engine/pools/parent-watch-thread.ts", import.meta.url), {
  name: "millrace-parent-watch",
  workerData: own.mark,
  argv: [],
  execArgv: [],
}).unref();

async function load(command: Extract<ToRunProcess, { kind: "load" }>): Promise<Loaded> {
  const { file, exportName, flowName, ledger, apiKey, secrets } = command;
  for (const secret of secrets) known.add(secret);
  if (apiKey !== null) setProgramKey(apiKey);
  const { home, database, apiUrl } = ledger;
  const settings = readSettings({
    home,
    ...(apiUrl === null ? {} : { apiUrl }),
    // The worker says which ledger it is, whatever is set where the code is.
    database: database ?? "",
    heedsFileProfile: false,
  });
  const opened = await openEngine(settings, {
    wrapApi: untilBodyHasEnded,
    masker,
    // The worker has been answered: a server that is away now is one that comes back.
    isServerKnown: true,
    isOfWorker: true,
    deadlines: { begin: tellDeadline },
  });
  runtimeSlot().runtime = opened.engine;
  const { definition } = await findFlow({ file, exportName, flowName });
  const tellsOf = stateTypes.filter((type) => hooksOfEnd(definition, type).length > 0);
  report({ kind: "loaded", holder: opened.engine.lease.offer(), tellsOf });
  // Found once: the code that runs is the code that was loaded.
  opened.engine.ports.describeEnvironment();
  // It is only about time: what goes wrong there goes wrong again where it counts.
  setImmediate(() => void warmUp({ home, isNeeded: () => !isAsked }).catch(() => undefined));
  return { opened, definition };
}

let deadlines = 0;

/** Said before the body begins: one that blocks this process says nothing more. */
const tellDeadline: Deadlines["begin"] = ({ kind: of, name, timeoutMs }) => {
  const id = ++deadlines;
  report({ kind: "deadline", deadline: { id, of, name, timeoutMs } });
  let isMet = false;
  return () => {
    if (!isMet) report({ kind: "met", id });
    isMet = true;
  };
};

/**
 * Cancelled is said of a run when its function has ended, and what that has left running is gone; one that does not end is killed,
 * and the worker says it.
 */
function untilBodyHasEnded(api: Api): Api {
  return {
    ...api,
    async record(batch) {
      if (batch.proposals?.some(({ id, state }) => id === runId && state.type === "CANCELLED") === true) {
        await body;
        await endStarted(own, clock);
      }
      return api.record(batch);
    },
  };
}

async function run({ run: claimed, beginAt, apiKey }: Extract<ToRunProcess, { kind: "run" }>): Promise<void> {
  const { opened, definition } = await loaded();
  const { engine } = opened;
  if (apiKey !== null) {
    setProgramKey(apiKey);
    opened.useKey(apiKey);
  }
  engine.lease.adopt();
  runId = claimed.id;
  if (beginAt !== null) await until(beginAt, waiting.signal);
  // For what the flow starts: programs that know of traces read it there.
  const trace = traceOf(claimed.extra);
  if (trace !== null) setProgramTrace(trace);
  const { definition: prepared, parameters } = await prepareFlow(definition, engine.decode(claimed.parameters));
  const stop = (error: unknown): void => engine.activeRuns.forEach((each) => each.stop(error));
  const watched = watch(prepared, { run: claimed, stop });
  const execution = engine.continueFlow({ run: claimed, definition: watched, parameters, mode: "start" });
  // What the worker may still say keeps no run from being seen to wait for nothing.
  process.on("beforeExit", () => endStalled(engine));
  process.channel?.unref();
  // Its end is recorded; a process that could not record it says so by its own.
  await execution.catch(() => undefined);
  await opened.close();
  process.exit(0);
}

/** The process of the run was killed. */
async function tell({ run: ended, apiKey }: Extract<ToRunProcess, { kind: "tell" }>): Promise<void> {
  const { opened, definition } = await loaded();
  if (apiKey !== null) {
    setProgramKey(apiKey);
    opened.useKey(apiKey);
  }
  await callHooksElsewhere(opened.engine, definition, ended);
  await opened.close();
  process.exit(0);
}

/** A timer rings up to so much late, in ms: the last of the wait goes by turns of the event loop. */
const timerMs = 2;

async function until(at: number, signal: AbortSignal): Promise<void> {
  const waitMs = at - clock.now() - timerMs;
  if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => undefined);
  while (clock.now() < at && !signal.aborted) await new Promise(setImmediate);
}

/** A run that was told to end before its function began ends by the engine, with its hooks; the function is not called. */
function watch(
  definition: FlowDefinition,
  { run: claimed, stop }: { readonly run: FlowRun; readonly stop: (error: unknown) => void },
): FlowDefinition {
  const fn = definition.fn as (parameters: unknown) => unknown;
  return {
    ...definition,
    fn: (parameters: unknown) => {
      const why = stopped?.(claimed);
      if (why !== undefined) {
        stop(why);
        throw why;
      }
      const returned = (async () => fn(parameters))();
      body = returned.catch(() => undefined);
      return returned;
    },
  };
}

function loaded(): Promise<Loaded> {
  if (loading === null) throw new Error("Nothing was loaded before");
  return loading;
}

async function cancel(): Promise<void> {
  stopBeforeItBegins(({ name }) => new MillraceError("CANCELLED", { kind: "Flow run", name, reason: "" }));
  const { opened } = await loaded();
  await opened.engine.lease.attend();
}

/** Ends what runs, or is about to, as interrupted; what waits for a run just ends. */
async function interrupt(signal: string, { isRunComing = false }: { isRunComing?: boolean } = {}): Promise<void> {
  clock.setTimer(lastWordsMs, () => process.exit(1), { background: true });
  stopBeforeItBegins(({ id }) => new MillraceError("INTERRUPTED", { kind: "Flow run", id, signal }));
  const found = await loading?.catch(() => null);
  const runs = found?.opened.engine.activeRuns ?? [];
  for (const each of runs) each.stop(new MillraceError("INTERRUPTED", { kind: "Flow run", id: each.id, signal }));
  if (runs.length === 0 && runId === null && !isRunComing) process.exit(0);
}

/** What it is told first is what counts. */
function stopBeforeItBegins(why: (run: FlowRun) => MillraceError): void {
  stopped ??= why;
  waiting.abort();
}

function report(message: FromRunProcess, then?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, then);
  else then?.();
}

/** Tells why it can execute no run, and ends the process. */
function fail(error: unknown): void {
  const recorded: RecordedError = toRecordedError(error, createJsonSerializer(), known);
  report({ kind: "failed", error: recorded }, () => process.exit(1));
}

async function obey(command: ToRunProcess): Promise<void> {
  switch (command.kind) {
    case "load":
      loading = load(command);
      await loading;
      return;
    case "wake":
      isAsked = true;
      return;
    case "run":
      isAsked = true;
      return run(command);
    case "tell":
      isAsked = true;
      return tell(command);
    case "cancel":
      return cancel();
    case "interrupt":
      // Said only of a run that is handed over: it may have come, or be on its way.
      return interrupt("the end of its worker", { isRunComing: true });
  }
}

process.on("message", (message) => {
  obey(message as ToRunProcess).catch((error: unknown) => fail(error));
});
// The worker is no more, whatever ended it, and ends nothing that is left.
process.on("disconnect", () => {
  process.on("exit", () => void killStarted(own));
  void interrupt("the death of its worker");
});
process.on("SIGTERM", () => void interrupt("SIGTERM"));
process.on("SIGINT", () => void interrupt("SIGINT"));
