/** Executes a run in this process and shows it: the live view on stderr, the result on stdout, the end as the exit code. */

import { inspect } from "node:util";
import type { CommandHost, RunEnd } from "../app/command-host.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { RunObserver } from "../contract/observer.ts";
import { type CommandContext, type ExitCode, exitCodes } from "./command.ts";
import { errorText } from "./error-text.ts";
import { createLiveView } from "./live/create-live-view.ts";
import { watchForLinger } from "./linger.ts";
import { openPages } from "./open-pages.ts";
import { runTitle } from "./output/run-title.ts";
import { shortId } from "./output/short-id.ts";
import { hideEngineFrames } from "./output/stack-frame.ts";
import { stateText } from "./output/state-text.ts";

export interface ExecuteOptions {
  /** Shows nothing but the result. */
  readonly isQuiet: boolean;
  readonly execute: (host: CommandHost) => Promise<RunEnd>;
}

export async function executeRun(context: CommandContext, { isQuiet, execute }: ExecuteOptions): Promise<ExitCode> {
  const view = isQuiet ? null : await openView(context);
  const stopListening = listenForInterrupt(context);
  const restoreStdout = context.json ? turnStdoutAside() : null;
  let isStopped = false;
  let exitCode: ExitCode = exitCodes.failed;
  try {
    await using host = await context.openHost(view === null ? {} : { observer: view });
    const end = await execute(host);
    view?.stop();
    restoreStdout?.();
    report(end, host, { ...context, isShown: view !== null });
    exitCode = exitCodeOfEnd(end);
    isStopped = exitCode === exitCodes.interrupted || end.run.state.type === "CANCELLED";
  } finally {
    view?.stop();
    restoreStdout?.();
    stopListening();
  }
  // What was told to stop and has not would keep the process alive.
  if (isStopped) await leave(exitCode);
  watchForLinger(context);
  return exitCode;
}

/** With --json the standard output is the command's; what the flow prints there goes to the standard error. */
function turnStdoutAside(): () => void {
  const original = Reflect.get(process.stdout, "write") as typeof process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return () => {
    process.stdout.write = original;
  };
}

/** Ends the process when what was printed has gone out. */
async function leave(code: ExitCode): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
  process.exit(code);
}

async function openView(context: CommandContext): Promise<(RunObserver & { stop(): void }) | null> {
  const { settings, err, clock } = context;
  const { live } = await settings();
  if (live === "off") return null;
  const mode = live === "auto" ? (err.isTerminal ? "tree" : "lines") : live;
  return createLiveView({
    stream: process.stderr,
    mode,
    color: err.hasColor,
    clock,
    pageOf: await openPages(context),
  });
}

/** The first Ctrl-C lets the engine record that the run was interrupted; the second ends the process at once. */
function listenForInterrupt({ err }: CommandContext): () => void {
  let isTold = false;
  const onSignal = (): void => {
    if (isTold) process.exit(exitCodes.interrupted);
    isTold = true;
    err.line("Stopping, so that the run can be resumed. Ctrl-C again ends it at once.");
  };
  process.on("SIGINT", onSignal);
  return () => void process.off("SIGINT", onSignal);
}

function report(
  { run, value, error }: RunEnd,
  host: CommandHost,
  { out, err, json, isShown }: CommandContext & { readonly isShown: boolean },
): void {
  if (json) {
    out.json({ run, result: value === undefined ? null : (JSON.parse(host.encode(value)) as unknown) });
  } else if (run.state.type === "COMPLETED") {
    if (value !== undefined) out.line(typeof value === "string" ? value : showValue(value, out.hasColor));
  } else if (!isShown) {
    if (error !== null) err.line(errorText(error, err));
    err.line(
      `${runTitle(run, err.look)}: ${stateText(run.state, err.look)}; millrace flow-run inspect ${shortId(run.id)}`,
    );
  }
}

function showValue(value: unknown, colors: boolean): string {
  return hideEngineFrames(inspect(value, { colors, depth: 8, maxArrayLength: 200, maxStringLength: 10_000 }));
}

/** 0 when it completed, or waits for somebody; 130 when it was interrupted; else 1. */
function exitCodeOfEnd({ run, error }: RunEnd): ExitCode {
  if (isMillraceError(error, "INTERRUPTED")) return exitCodes.interrupted;
  return run.state.type === "COMPLETED" || run.state.type === "PAUSED" ? exitCodes.ok : exitCodes.failed;
}
