/**
 * A server, a worker and the deployments of the user's files, kept going together. Each is a process of its own: this one,
 * which starts them, and the server import nothing of the user's.
 *
 *   this process ─┬─ server   the ledger, the APIs, the loops
 *                 ├─ worker ─── a process for each run, with the code that its deployment was registered with
 *                 └─ a process that imports the files, for a moment, each time that something is saved
 */

import type { Api } from "../../contract/api.ts";
import { isMillraceError } from "../../contract/errors.ts";
import { inheritedOptions } from "../../engine/pools/node-options.ts";
import { systemClock as clock } from "../../kit/clock.ts";
import { createStepTools } from "../deploy/step-tools.ts";
import { createServerClient } from "../server-client.ts";
import { childEnvironment, type Settings } from "../settings.ts";
import type { ChildName, DevReport } from "./dev-report.ts";
import { followRuns } from "./follow-runs.ts";
import { type KeptDefinitions, keepDefinitions } from "./keep-definitions.ts";
import type {
  ServerProcessOptions,
  ServerReady,
  ServerReport,
  WorkerProcessOptions,
  WorkerReady,
  WorkerReport,
} from "./messages.ts";
import { createRegistrar } from "./register-deployments.ts";
import { type Supervised, type SupervisedEvent, superviseProcess } from "./supervise-process.ts";

export interface StartDevOptions {
  readonly settings: Settings;
  /** Files and folders with flows, relative to the working directory. */
  readonly paths: readonly string[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The work pool of its runs; it is made if need be. */
  readonly pool: string;
  /** Runs at the same time; null: nobody executes runs here. */
  readonly limit: number | null;
  /** Where processes write what they print: this process's standard output, or its standard error. */
  readonly stdout: "inherit" | 2;
  /** Ends the start, where it is under way; what has been started is ended by `stop`. */
  readonly signal: AbortSignal;
  /** Told when the server answers, before anything is read. */
  readonly onUp: (up: DevUp) => void;
  readonly onReport: (report: DevReport) => void;
  /** A process could not be kept going: there is nothing to do but to stop. */
  readonly onGivenUp: (failure: { readonly process: ChildName; readonly error: Error }) => void;
}

export interface DevUp {
  readonly url: string;
  readonly serverPid: number | null;
  readonly worker: { readonly name: string; readonly pid: number | null } | null;
}

export interface RunningDev {
  readonly fileCount: number;
  /** The worker first, then the server. Called again: at once. */
  stop(): Promise<void>;
}

/** @throws what starting the server or the worker throws, USAGE for a path that is not there; nothing is left running then */
export async function startDev(options: StartDevOptions): Promise<RunningDev> {
  const { settings, paths, pool, limit, stdout, signal, onUp, onReport } = options;
  const closing = new AbortController();
  const execArgv = inheritedOptions(process.execArgv);
  let worker: Supervised<WorkerReady> | null = null;
  let definitions: KeptDefinitions | null = null;
  const server = superviseServer(options, execArgv);
  const { url } = await server.start();
  const place = { apiUrl: url, apiKey: settings.apiKey };
  const api = await createServerClient(place, { clock });
  const say = (text: string): void => void process.stderr.write(text);
  const registrar = createRegistrar({ api, tools: createStepTools({ api, settings, say }) });
  let stopping: Promise<void> | null = null;

  /** The server is not told before the worker has ended: what becomes of the runs is recorded there. */
  async function stopInOrder(): Promise<void> {
    await definitions?.stop();
    await registrar.pause().catch((error: unknown) => {
      onReport({ kind: "trouble", where: "server", what: `the schedules could not be paused: ${String(error)}` });
    });
    await worker?.stop();
    definitions?.forgetCode();
    closing.abort();
    await api.close();
    await server.stop();
  }

  function stop(): Promise<void> {
    if (stopping === null) stopping = stopInOrder();
    else void worker?.stop();
    return stopping;
  }

  try {
    const env = { ...childEnvironment(settings), MILLRACE_API_URL: url };
    await makePool(api, pool);
    if (limit !== null) worker = superviseWorker({ ...options, limit, url, env, execArgv });
    const ready = await worker?.start();
    await followRuns({ place, api, signal: closing.signal, onReport });
    onUp({
      url,
      serverPid: server.pid,
      worker: ready === undefined ? null : { name: ready.name, pid: worker?.pid ?? null },
    });
    definitions = await keepDefinitions({ paths, pool, registrar, signal, onReport, execArgv, env, stdout, clock });
    return { fileCount: definitions.fileCount, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function superviseServer(options: StartDevOptions, execArgv: readonly string[]): Supervised<ServerReady> {
  const { settings, host, stdout, onReport } = options;
  const { home, database } = settings;
  let { port } = options;
  const supervised = superviseProcess<ServerProcessOptions, ServerReady, ServerReport>({
    entry: new URL("./server-process.ts", import.meta.url),
    execArgv,
    env: childEnvironment(settings),
    stdout,
    options: () => ({ home, database, host, port }),
    clock,
    onReady(ready) {
      // When it is started again, it comes back where it was.
      port = Number(new URL(ready.url).port);
    },
    onReport: ({ what }) => onReport({ kind: "trouble", where: "server", what }),
    onEvent: (event) => tellOfProcess("server", event, options),
  });
  return supervised;
}

function superviseWorker(
  options: StartDevOptions & {
    readonly limit: number;
    readonly url: string;
    readonly env: NodeJS.ProcessEnv;
    readonly execArgv: readonly string[];
  },
): Supervised<WorkerReady> {
  const { settings, pool, limit, url, env, execArgv, stdout, onReport } = options;
  const preload = new URL("./preload-code-copy.ts", import.meta.url);
  return superviseProcess<WorkerProcessOptions, WorkerReady, WorkerReport>({
    entry: new URL("./worker-process.ts", import.meta.url),
    // The processes of its runs have the same options.
    execArgv: [...execArgv, `--import=${preload.href}`],
    env,
    stdout,
    options: () => ({ home: settings.home, apiUrl: url, pool, limit }),
    clock,
    onReady: () => undefined,
    onReport: ({ run, what }) =>
      onReport({
        kind: "trouble",
        where: "worker",
        what: run === null ? what : `${run.flowName} / ${run.name}: ${what}`,
      }),
    onEvent: (event) => tellOfProcess("worker", event, options),
  });
}

function tellOfProcess(
  name: ChildName,
  event: SupervisedEvent,
  { onReport, onGivenUp }: Pick<StartDevOptions, "onReport" | "onGivenUp">,
): void {
  switch (event.kind) {
    case "ended":
      return onReport({ kind: "process-ended", process: name, how: event.how, restartInMs: event.restartInMs });
    case "restarted":
      return onReport({ kind: "process-restarted", process: name, pid: event.pid });
    case "given-up":
      return onGivenUp({ process: name, error: event.error });
  }
}

async function makePool(api: Api, name: string): Promise<void> {
  try {
    await api.createWorkPool({ name, type: "process", paused: false });
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
  }
}
