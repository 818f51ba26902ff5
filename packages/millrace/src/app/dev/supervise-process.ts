/**
 * Keeps a process going.
 *
 *   starting ──ready──▶ up ──dies──▶ waits (longer each time) ──▶ starting …
 *       └──fails the first time──▶ rejects        └──fails again and again──▶ given up
 */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { exponential } from "../../kit/backoff.ts";
import type { Clock } from "../../kit/clock.ts";
import type { FromKeptProcess, ToKeptProcess } from "./messages.ts";
import { fromSentError } from "./sent-error.ts";

/** In a row; one that was up for a while begins a new row. */
const maxFailures = 6;
const steadyMs = 30_000;
const waitMs = exponential({ initial: "500ms", max: "15s" });

/** What is told to stop at once and does not is killed after this time, in ms. */
const lastWordsMs = 3000;

export type SupervisedEvent =
  /** It ended by itself, and is started again after a while. */
  | { readonly kind: "ended"; readonly how: string; readonly restartInMs: number }
  | { readonly kind: "restarted"; readonly pid: number | null }
  | { readonly kind: "given-up"; readonly error: Error };

export interface SuperviseOptions<Options, Ready, Report> {
  /** The file that it starts from. */
  readonly entry: URL;
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its standard output goes. */
  readonly stdout: "inherit" | 2;
  /** Read before each start. */
  readonly options: () => Options;
  readonly clock: Clock;
  readonly onReady: (ready: Ready) => void;
  readonly onReport: (report: Report) => void;
  readonly onEvent: (event: SupervisedEvent) => void;
}

export interface Supervised<Ready> {
  /** Rejects when it cannot start; it is not tried again then. */
  start(): Promise<Ready>;
  /** Resolves when it is gone. Called again: at once. */
  stop(): Promise<void>;
  /** Null while there is none. */
  readonly pid: number | null;
}

interface Launched<Ready> {
  readonly child: ChildProcess;
  readonly ready: Promise<Ready>;
  /** How it ended. */
  readonly ended: Promise<string>;
}

export function superviseProcess<Options, Ready, Report>(
  options: SuperviseOptions<Options, Ready, Report>,
): Supervised<Ready> {
  const { clock, onEvent } = options;
  const stopping = new AbortController();
  let current: Launched<Ready> | null = null;
  let lastWords: { cancel(): void } | null = null;

  async function keep(first: Launched<Ready>): Promise<void> {
    let failures = 0;
    for (let launched = first; ; ) {
      const failed = await launched.ready.then(
        () => null,
        (error: unknown) => error as Error,
      );
      const readyAt = clock.monotonic();
      const how = await launched.ended;
      if (stopping.signal.aborted) return;
      const wasSteady = failed === null && clock.monotonic() - readyAt > steadyMs;
      failures = wasSteady ? 1 : failures + 1;
      if (failures > maxFailures) return onEvent({ kind: "given-up", error: failed ?? new Error(how) });
      const restartInMs = waitMs(failures);
      onEvent({ kind: "ended", how: failed === null ? how : failed.message, restartInMs });
      await clock.sleep(restartInMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      launched = launch<Options, Ready, Report>(options);
      current = launched;
      launched.ready.then(
        () => onEvent({ kind: "restarted", pid: launched.child.pid ?? null }),
        () => undefined,
      );
    }
  }

  return {
    async start() {
      const launched = launch<Options, Ready, Report>(options);
      current = launched;
      const ready = await launched.ready;
      void keep(launched);
      return ready;
    },
    async stop() {
      const isAgain = stopping.signal.aborted;
      stopping.abort();
      if (current === null) return;
      const { child, ended } = current;
      tell(child, { kind: "stop" });
      if (isAgain) lastWords ??= clock.setTimer(lastWordsMs, () => child.kill("SIGKILL"));
      await ended;
      lastWords?.cancel();
    },
    get pid() {
      const child = current?.child;
      return child === undefined || child.exitCode !== null || child.signalCode !== null ? null : (child.pid ?? null);
    },
  };
}

function launch<Options, Ready, Report>(options: SuperviseOptions<Options, Ready, Report>): Launched<Ready> {
  const { entry, execArgv, env, stdout, onReady, onReport } = options;
  const child = fork(fileURLToPath(entry), [], {
    execArgv: [...execArgv],
    env,
    stdio: ["ignore", stdout, "inherit", "ipc"],
    serialization: "advanced",
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) resolve(`no process could be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    child.on("message", (sent) => {
      const message = sent as FromKeptProcess<Ready, Report>;
      if (message.kind === "ready") {
        onReady(message.ready);
        resolve(message.ready);
      } else if (message.kind === "failed") reject(fromSentError(message.error));
      else onReport(message.report);
    });
    void ended.then((how) => reject(new Error(`it ended before it was ready: ${how}`)));
  });
  ready.catch(() => undefined);
  tell<Options>(child, { kind: "start", options: options.options() });
  return { child, ready, ended };
}

function tell<Options>(child: ChildProcess, message: ToKeptProcess<Options>): void {
  // A failure of the pipe is followed by the end of the process, which is what counts.
  if (child.connected) child.send(message as object, () => undefined);
}
