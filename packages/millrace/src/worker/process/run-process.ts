/**
 * A process that executes one run, seen from the worker: in a group of its own, and with a mark that all that it starts inherits, so
 * that it and those can be ended alone.
 *
 *   started ──load──▶ loaded, waits ──wake──▶ awake ──run──▶ runs ──▶ gone
 *
 * Commands may be given at any time: it takes them in order. The run is claimed for it here, where the code for that is warm.
 */

import { type ChildProcess, fork } from "node:child_process";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { RecordedError } from "../../contract/errors.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { StateType } from "../../contract/states.ts";
import type { Clock, Timer } from "../../kit/clock.ts";
import { createMasker, type Masker } from "../../kit/mask.ts";
import type { Holder, JobEnd } from "../infrastructure.ts";
import { eachLine } from "./each-line.ts";
import { keepLastLines } from "./last-lines.ts";
import { endStarted, findStarted } from "../../kit/started-processes.ts";
import type { FromRunProcess, LedgerPlace, ToRunProcess } from "./messages.ts";
import { makeRunFolder, markOf, runFolderVariable } from "./run-folder.ts";
import { type Overdue, watchDeadlines } from "./watch-deadlines.ts";

/** How long the rest of the output is waited for; what it has started may hold the pipe for ever. In ms. */
const drainMs = 100;

/** How long it may take to say why a process is killed, before it is, in ms. */
const tellMs = 1000;
/** How long hooks may take that are told of a run whose process was killed, in ms. */
const hooksMs = 60_000;

/** Keys that processes have of their own, so that none has the worker's. */
export interface ProcessKeys {
  forLoading(): string;
  /** Of a run that was claimed for its process. */
  ofRun(run: FlowRun): string;
}

export interface RunProcessOptions {
  /** The file that it starts from. */
  readonly entry: URL;
  readonly file: string;
  readonly exportName: string | null;
  readonly flowName: string;
  readonly ledger: LedgerPlace;
  /** Its working directory. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Null: it says who it is as its environment does. */
  readonly keys: ProcessKeys | null;
  /** What its deployment adds to that. */
  readonly added: Readonly<Record<string, string>>;
  /** What of it must not be shown: it is hidden in what the process records, and in what is told of it. */
  readonly secrets: readonly string[];
  readonly execArgv: readonly string[];
  /** Between being told to stop and being killed, in ms. */
  readonly graceMs: number;
  readonly clock: Clock;
  /** Told that its code has blocked past a timeout, before the process is killed for that. */
  readonly onOverdue: (run: FlowRun, overdue: Overdue) => Promise<unknown>;
  /** Told of each line of its standard error, without secrets. Default: it goes to this process's own, as it is. */
  readonly onErrorLine?: ((line: ErrorLine) => void) | undefined;
  /** What it returns is called when the process is gone. */
  readonly onStarted: (pid: number) => () => void;
}

export interface ErrorLine {
  readonly line: string;
  readonly pid: number | null;
  /** Null before it has been given one. */
  readonly runId: string | null;
}

export interface RunProcess {
  readonly infrastructureId: string;
  /** False when it is gone, or will be because its code cannot be loaded. */
  readonly isUsable: boolean;
  readonly ended: Promise<JobEnd>;
  wake(): void;
  /** As whom it is to be registered, once its code is loaded; null when it is gone before. */
  readonly loaded: Promise<Holder | null>;
  /** The same, as far as it is known now. */
  readonly holder: Holder | null;
  /**
   * @param run claimed for it
   * @param beginAt it begins then and not before, in ms since the epoch; null for at once
   */
  run(run: FlowRun, beginAt: number | null): void;
  /** The ends of runs of which its flow has hooks, once its code is loaded. */
  readonly tellsOf: readonly StateType[];
  /** Has the flow's hooks told of the end of a run whose process was killed. Resolves when it is gone. */
  tell(run: FlowRun): Promise<JobEnd>;
  /** There is no run for it: it ends. */
  giveUp(why: { readonly error: RecordedError; readonly isRefused: boolean }): void;
  readonly cancel: () => void;
  readonly interrupt: () => void;
  /** At once, with all that it has started. */
  kill(): void;
}

export function startRunProcess(options: RunProcessOptions): RunProcess {
  const { entry, file, exportName, flowName, ledger, folder, env, added, keys, secrets, execArgv } = options;
  const { graceMs, clock, onStarted } = options;
  const masker = createMasker(secrets);
  const temporary = makeRunFolder();
  const child = fork(fileURLToPath(entry), [], {
    cwd: folder,
    env: { ...env, ...temporary.env, ...added, [runFolderVariable]: temporary.path },
    execArgv: [...execArgv],
    detached: process.platform !== "win32",
    serialization: "json",
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  const onGone = child.pid === undefined ? undefined : onStarted(child.pid);
  let claimed: FlowRun | null = null;
  const { onErrorLine } = options;
  const lastLines = forwardErrors(child, {
    masker,
    onLine:
      onErrorLine === undefined
        ? null
        : (line) => onErrorLine({ line, pid: child.pid ?? null, runId: claimed?.id ?? null }),
  });
  let holder: Holder | null = null;
  let tellsOf: readonly StateType[] = [];
  let failure: RecordedError | null = null;
  let isRefused = false;
  let isGone = false;
  let wasKilled = false;
  /** It was told to stop, or killed. */
  let wasStopped = false;
  const mark = markOf(temporary.path);
  let timer: Timer | null = null;
  const loaded = Promise.withResolvers<Holder | null>();
  const deadlines = watchDeadlines({ clock, graceMs, onOverdue: (overdue) => void endOverdue(overdue) });

  child.on("message", (message) => {
    const report = message as FromRunProcess;
    switch (report.kind) {
      case "hides":
        return masker.add(report.text);
      case "failed":
        failure = report.error;
        return;
      case "deadline":
        return deadlines.begin(report.deadline);
      case "met":
        return deadlines.met(report.id);
      case "loaded":
        ({ holder, tellsOf } = report);
        loaded.resolve(holder);
    }
  });

  const ended = new Promise<JobEnd>((resolve) => {
    const end = (how: string, signal: NodeJS.Signals | null = null): void => {
      isGone = true;
      timer?.cancel();
      deadlines.stop();
      onGone?.();
      temporary.remove();
      loaded.resolve(null);
      const { overdue } = deadlines;
      resolve({
        how: overdue?.message ?? (failure === null ? how : describeFailure(failure)),
        error: overdue?.error ?? failure,
        processId: holder?.id ?? null,
        isRefused,
        wasKilled: signal !== null || wasKilled,
        overdue: overdue?.of,
      });
    };
    child.once("error", (error) => {
      if (child.pid === undefined) end(`no process could be started for it: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      void untilAllIsSaid(child, clock)
        .then(() => (code === 0 && !wasStopped ? [] : endStarted({ pid: null, mark }, clock)))
        .then((left) =>
          end(describeEnd({ code, signal, wasKilled, graceMs, said: lastLines(), left: left.length }), signal),
        );
    });
  });

  function send(command: ToRunProcess): void {
    // A failure of the pipe is followed by the end of the process, which is what counts.
    if (child.connected) child.send(command, () => undefined);
  }

  function kill(): void {
    if (isGone || child.pid === undefined) return;
    wasKilled = true;
    wasStopped = true;
    // As long as it lives, what it has started is known by that too.
    const started = findStarted({ pid: child.pid, mark });
    killGroup(child);
    for (const pid of started) killOne(pid);
  }

  /** Others see that the process is gone as soon as it is: why is said before. */
  async function endOverdue(overdue: Overdue): Promise<void> {
    const limit = clock.sleep(tellMs);
    if (claimed !== null) await Promise.race([options.onOverdue(claimed, overdue).catch(() => undefined), limit]);
    kill();
  }

  function stopBy(command: ToRunProcess): void {
    wasStopped = true;
    send(command);
    timer ??= clock.setTimer(graceMs, kill);
  }

  send({ kind: "load", file, exportName, flowName, ledger, apiKey: keys?.forLoading() ?? null, secrets });
  return {
    infrastructureId: `${hostname()}:${child.pid ?? "none"}`,
    get isUsable() {
      return !isGone && failure === null && child.connected;
    },
    ended,
    wake: () => send({ kind: "wake" }),
    loaded: loaded.promise,
    get holder() {
      return isGone ? null : holder;
    },
    run(run, beginAt) {
      claimed = run;
      send({ kind: "run", run, beginAt, apiKey: keys?.ofRun(run) ?? null });
    },
    get tellsOf() {
      return tellsOf;
    },
    tell(run) {
      send({ kind: "tell", run, apiKey: keys?.ofRun(run) ?? null });
      timer = clock.setTimer(hooksMs, kill);
      return ended;
    },
    giveUp(why) {
      failure = why.error;
      isRefused = why.isRefused;
      kill();
    },
    cancel: () => stopBy({ kind: "cancel" }),
    interrupt: () => stopBy({ kind: "interrupt" }),
    kill,
  };
}

/** What it said before it ended may be read after that. */
async function untilAllIsSaid(child: ChildProcess, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once("close", resolve));
  if (child.connected) await new Promise<void>((resolve) => child.once("disconnect", resolve));
  await Promise.race([closed, clock.sleep(drainMs)]);
}

function forwardErrors(
  { stderr }: ChildProcess,
  { masker, onLine }: { readonly masker: Masker; readonly onLine: ((line: string) => void) | null },
): () => string {
  if (stderr === null) return () => "";
  if (onLine === null) stderr.on("data", (text: string | Buffer) => process.stderr.write(text));
  const lastLines = keepLastLines(stderr, masker);
  if (onLine !== null) eachLine(stderr, { masker, onLine });
  return lastLines;
}

/** On Windows there are no groups: what the process has started is left. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) killOne(process.platform === "win32" ? pid : -pid);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

function describeFailure({ code, message }: RecordedError): string {
  return code === null ? message : `${code}: ${message}`;
}

function describeEnd(end: {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wasKilled: boolean;
  readonly graceMs: number;
  readonly said: string;
  /** Processes that it has started and that could not be ended. */
  readonly left: number;
}): string {
  const { left, ...own } = end;
  const how = describeOwnEnd(own);
  return left === 0 ? how : `${how}; ${left} processes that it has started could not be ended`;
}

function describeOwnEnd(end: {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wasKilled: boolean;
  readonly graceMs: number;
  readonly said: string;
}): string {
  const { code, signal, wasKilled, graceMs, said } = end;
  if (wasKilled) return `its process did not stop within ${graceMs} ms and was killed`;
  const how = signal === null ? `its process ended with exit code ${code}` : `its process was ended by ${signal}`;
  return said === "" ? how : `${how}. It said last: ${said}`;
}
