/** The kind of worker that runs each flow in a process of its own on this machine. */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isMillraceError, MillraceError, type RecordedError } from "../../contract/errors.ts";
import type { Api } from "../../contract/api.ts";
import type { Entrypoint, FlowRun } from "../../contract/flow-run.ts";
import type { Deployment, JsonObject } from "../../contract/objects.ts";
import type { FlowRunProposal } from "../../contract/record.ts";
import type { Clock } from "../../kit/clock.ts";
import { type ClaimApi, type Claimant, createClaimant } from "./claim-for-process.ts";
import { isForNode, parseEntrypoint } from "../entrypoint.ts";
import type { Holder, Infrastructure, Job, JobEnd, Place } from "../infrastructure.ts";
import type { CodeFetcher } from "../code/fetch-code.ts";
import type { LedgerPlace } from "./messages.ts";
import { createReadyProcesses, type LoadedCode } from "./ready-processes.ts";
import type { Overdue } from "./watch-deadlines.ts";
import { type ProcessKeys, type RunProcess, type RunProcessOptions, startRunProcess } from "./run-process.ts";

export interface ProcessKindOptions {
  readonly api: ClaimApi & Pick<Api, "proposeFlowRunState">;
  /** The file that the processes start from. */
  readonly entry: URL;
  readonly ledger: LedgerPlace;
  /** The environment of the processes, without what a deployment adds. */
  readonly env: NodeJS.ProcessEnv;
  /** Keys of their own, where they do not have the one of this process. A deployment may have its own key in its place. */
  readonly keys: ProcessKeys | null;
  /** Whether what a deployment adds to the environment has a key in it. */
  readonly namesKey: (variables: Readonly<Record<string, string>>) => boolean;
  /** Options of Node that they share with this process. */
  readonly execArgv: readonly string[];
  /** Processes that wait for a run, of all deployments together. 0: each run starts its own. */
  readonly maxReady: number;
  /** Between being told to stop and being killed, in ms. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly code: CodeFetcher;
  readonly onErrorLine?: RunProcessOptions["onErrorLine"];
  /** Fills the templates of job variables, and says which secrets are in them then. @throws Error that names the one that has no value */
  readonly fill: (variables: JsonObject) => Promise<FilledVariables>;
}

export interface FilledVariables {
  readonly variables: JsonObject;
  readonly secrets: readonly string[];
}

export function createProcessKind(options: ProcessKindOptions): Infrastructure {
  const { api, entry, ledger, env, keys, namesKey, execArgv, maxReady, graceMs, clock, code, fill, onErrorLine } =
    options;
  const ready = createReadyProcesses({ maxReady, clock });

  async function loadedCode(deployment: Deployment, run?: FlowRun): Promise<LocatedCode> {
    const { folder, pinnedSteps } = await code.fetch(deployment);
    const { variables, secrets } = await fillVariables(
      { ...deployment.jobVariables, ...run?.extra.jobVariables },
      deployment,
    );
    const { file, exportName } = parseEntrypoint(deployment.entrypoint ?? "");
    const path = toPath(folder, file);
    const added = textsOf(variables.env);
    const workingFolder = typeof variables.working_dir === "string" ? resolve(folder, variables.working_dir) : folder;
    const { flowName } = deployment;
    const { contentHash = null } = deployment;
    const key = JSON.stringify([path, changedAt(path), contentHash, exportName, flowName, workingFolder, added]);
    const start = (): RunProcess =>
      startRunProcess({
        entry,
        file: path,
        exportName,
        flowName,
        ledger,
        folder: workingFolder,
        env,
        added,
        secrets,
        keys: namesKey(added) ? null : keys,
        execArgv,
        graceMs,
        clock,
        onErrorLine,
        onOverdue: ({ id, epoch }, overdue) => api.proposeFlowRunState({ id, epoch, ...endOfOverdue(overdue) }),
        onStarted: (pid) => code.use(folder, pid),
      });
    return { key, start, entrypoint: { module: pathToFileURL(path).href, export: exportName }, pinnedSteps };
  }

  async function fillVariables(variables: JsonObject, { name: deployment }: Deployment): Promise<FilledVariables> {
    try {
      return await fill(variables);
    } catch (cause) {
      const reason = `its job variables: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new MillraceError("CODE_UNAVAILABLE", { deployment, reason }, { cause });
    }
  }

  /** What is wrong, with the code or with starting a process, is told by the runs that need it. */
  function getReady(deployment: Deployment, use: (loaded: LoadedCode) => void): void {
    if (maxReady === 0) return;
    loadedCode(deployment)
      .then(use)
      .catch(() => undefined);
  }

  return {
    type: "process",
    canRun: ({ entrypoint }) => isForNode(entrypoint),
    keep: (deployment, runs) => getReady(deployment, (loaded) => ready.keep(loaded, runs)),
    prepare: (deployment, runs) => getReady(deployment, (loaded) => ready.prepare(loaded, runs)),
    async take({ deployment, run }) {
      try {
        const loaded = await loadedCode(deployment, run);
        const process = ready.take(loaded);
        process.wake();
        const { holder } = process;
        const claimant = createClaimant(process, { api, clock });
        const start: Place["start"] = (claimed, dueAt) =>
          begin(process, { claimant, holder, run: claimed, dueAt, ...loaded });
        const { pinnedSteps } = loaded;
        return {
          pinnedSteps,
          holder,
          start,
          giveBack: () => ready.giveBack(loaded, process),
          giveUp: () => process.kill(),
        };
      } catch (error) {
        return noPlace(error);
      }
    },
    close: () => ready.close(),
  };
}

interface LocatedCode extends LoadedCode {
  readonly entrypoint: Entrypoint;
  readonly pinnedSteps: Place["pinnedSteps"];
}

interface Beginning {
  readonly claimant: Claimant;
  readonly holder: Holder | null;
  readonly run: FlowRun;
  readonly dueAt: number | null;
  readonly entrypoint: Entrypoint;
  /** Starts another process of the same code. */
  readonly start: () => RunProcess;
}

function begin(process: RunProcess, beginning: Beginning): Job {
  const { infrastructureId, ended, cancel, interrupt } = process;
  void handOver(process, beginning);
  const processId = (): string | null => process.holder?.id ?? null;
  const { entrypoint, start } = beginning;
  const tell = async (run: FlowRun): Promise<void> => {
    if (!process.tellsOf.includes(run.state.type)) return;
    const { error } = await start().tell(run);
    if (error !== null) throw new Error(`the hooks of its flow could not be called: ${error.message}`);
  };
  return { infrastructureId, processId, entrypoint, ended, cancel, interrupt, tell };
}

/** A process that is gone before says so by its end. */
async function handOver(process: RunProcess, { claimant, holder, run, dueAt }: Beginning): Promise<void> {
  if (holder !== null && run.ownerId === holder.id) return process.run(run, dueAt);
  const claim = await claimant.claim(run.id);
  if (claim === null) return;
  if (claim.run === null) process.giveUp({ error: toRecordedError(claim.error), isRefused: claim.isRefused });
  else process.run(claim.run, dueAt);
}

function endOfOverdue({ of, message, error }: Overdue): Pick<FlowRunProposal, "state" | "error"> {
  const state =
    of === "Flow" ? ({ type: "FAILED", name: "TimedOut" } as const) : ({ type: "CRASHED", name: "Crashed" } as const);
  return { state: { ...state, message }, error };
}

/** The code could not be had: a job that has ended before it began. */
function noPlace(error: unknown): Place {
  const recorded = toRecordedError(error);
  const how = recorded.code === null ? recorded.message : `${recorded.code}: ${recorded.message}`;
  const end: JobEnd = { how, error: recorded, processId: null, isRefused: false };
  const nothing = (): undefined => undefined;
  return {
    pinnedSteps: null,
    holder: null,
    start: () => ({
      infrastructureId: "none",
      processId: () => null,
      entrypoint: null,
      ended: Promise.resolve(end),
      cancel: nothing,
      interrupt: nothing,
      tell: async () => undefined,
    }),
    giveBack: nothing,
    giveUp: nothing,
  };
}

export function toRecordedError(error: unknown): RecordedError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, code: isMillraceError(error) ? error.code : null, stack: stack ?? null, data: null };
}

function toPath(folder: string, file: string): string {
  return file.startsWith("file:") ? fileURLToPath(file) : resolve(folder, file);
}

/** A process that has imported the file as it was before is not given runs any more. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries((value ?? {}) as JsonObject).filter(([, each]) => each !== null);
  return Object.fromEntries(entries.map(([name, each]) => [name, String(each)]));
}

/** @throws USAGE for a pool of a kind that this worker does not know */
export function checkProcessKind(type: string): void {
  if (type === "process") return;
  throw new MillraceError("USAGE", {
    reason: `The work pool is of the type \`${type}\`, and this worker starts processes only`,
    advice: "Name a pool of the type process, or make one with --type process.",
  });
}
