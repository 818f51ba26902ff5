/**
 * Keeps the deployments of the ledger what the files say: reads them, registers them, and does so again when something of
 * their code is saved.
 *
 *   saved ──burst is over──▶ is anything other than it was? ──▶ imported by a process ──▶ registered
 *                                                                   └──mistake──▶ told; what was registered before stays
 */

import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { copyPath } from "./code-copy.ts";
import { toProblem } from "./describe-problem.ts";
import type { DeploymentChangeReport, DevReport } from "./dev-report.ts";
import { findFlowFiles } from "./find-flow-files.ts";
import { foldersOf, isLateCodeChanged, listCopied, readText } from "./known-code.ts";
import { mergeDefinitions, type WantedDeployments } from "./merge-definitions.ts";
import type { Problem } from "./messages.ts";
import { type ReadDefinitionsOptions, readDefinitions } from "./read-definitions.ts";
import type { Registrar } from "./register-deployments.ts";
import { watchFolders } from "./watch-folders.ts";

export interface KeepDefinitionsOptions extends Pick<ReadDefinitionsOptions, "execArgv" | "env" | "stdout" | "clock"> {
  /** Files and folders, relative to the working directory. */
  readonly paths: readonly string[];
  readonly pool: string;
  readonly registrar: Registrar;
  /** Ends an import that is under way; `stop` ends the rest. */
  readonly signal: AbortSignal;
  readonly onReport: (report: DevReport) => void;
}

export interface KeptDefinitions {
  /** Files that define deployments. */
  readonly fileCount: number;
  /** Reads nothing any more. */
  stop(): Promise<void>;
  /** Forgets the code that runs were given: none is under way any more. */
  forgetCode(): void;
}

/** Copies of code that no deployment has any more are kept for runs under way: those of so many versions. */
const maxOldCopies = 50;

const watched = /\.(?:[cm]?[jt]s|[jt]sx|json|ya?ml|py)$/;

/** Resolves when all is registered that can be. @throws USAGE for a path that is not there */
export async function keepDefinitions(options: KeepDefinitionsOptions): Promise<KeptDefinitions> {
  const { paths, pool, registrar, signal, onReport, execArgv, env, stdout, clock } = options;
  let files = findFlowFiles(paths);
  const root = realpathSync(mkdtempSync(join(tmpdir(), "millrace-dev-")));
  const stopping = new AbortController();
  const ended = AbortSignal.any([stopping.signal, signal]);
  let wanted: WantedDeployments = new Map();
  let problems: readonly Problem[] = [];
  /** What was read the last time, and what it said. */
  let seen: ReadonlyMap<string, string | null> = new Map();
  const versions: string[] = [];
  let reading: Promise<void> | null = null;
  let isAskedAgain = false;

  const watcher = watchFolders({
    clock,
    // What has no ending may be a folder.
    isOfInterest: (path) => watched.test(path) || !basename(path).includes("."),
    onChange: () => void readAgain(),
  });

  async function read(): Promise<void> {
    files = findFlowFiles(paths.filter((path) => existsSync(path)));
    const { modules, deploymentFiles, folders } = files;
    const copyFolder = join(root, String(versions.length + 1));
    versions.push(copyFolder);
    // Taken before they are imported: what is saved meanwhile is read again.
    const before = new Map([...modules, ...deploymentFiles].map((file) => [file, readText(file)]));
    const request = { files: modules, deploymentFiles, pool, copyFolder, execArgv, env, stdout, clock };
    const found = await readDefinitions({ ...request, signal: ended });
    if (ended.aborted) return;
    const merged = mergeDefinitions({ before: wanted, found, copyFolder });
    wanted = merged.wanted;
    const { changes, refused } = await registrar.register(wanted);
    const unregistered = refused.map(({ defined, error }) => toProblem(error, defined.definedIn));
    tell([...found.problems, ...merged.problems, ...unregistered], changes);
    const copied = listCopied(copyFolder).map((file) => [file, readText(copyPath(copyFolder, file))] as const);
    const python = [...wanted.values()].map(({ defined: { file } }) => [file, readText(file)] as const);
    seen = new Map([...python, ...before, ...copied]);
    watcher.watch([...folders, ...foldersOf(seen.keys())]);
    forgetOldCopies();
    // Something may have been saved before its folder was watched.
    isAskedAgain ||= problems.length === 0 && isStale();
  }

  function tell(now: readonly Problem[], changes: readonly DeploymentChangeReport[]): void {
    for (const change of changes) onReport({ kind: "deployment", change });
    const known = new Set(problems.map((problem) => JSON.stringify(problem)));
    for (const problem of now) {
      if (!known.has(JSON.stringify(problem))) onReport({ kind: "problem", problem });
    }
    if (problems.length > 0 && now.length === 0) onReport({ kind: "mended" });
    if (wanted.size === 0 && now.length === 0) onReport({ kind: "nothing-found" });
    problems = now;
  }

  function isStale(): boolean {
    if (problems.length > 0) return true;
    const now = findFlowFiles(paths.filter((path) => existsSync(path)));
    if (JSON.stringify(now) !== JSON.stringify(files)) return true;
    if ([...seen].some(([file, text]) => readText(file) !== text)) return true;
    return [...new Set([...wanted.values()].map(({ code }) => code))].some(isLateCodeChanged);
  }

  /** One at a time; what is saved while one goes on is looked at after it. */
  async function readAgain(): Promise<void> {
    if (reading !== null) {
      isAskedAgain = true;
      return;
    }
    reading = readIfStale().catch((error: unknown) => {
      if (!ended.aborted) onReport({ kind: "trouble", where: "files", what: String(error) });
    });
    await reading;
    reading = null;
    if (!isAskedAgain) return;
    isAskedAgain = false;
    await readAgain();
  }

  async function readIfStale(): Promise<void> {
    if (!ended.aborted && isStale()) await read();
  }

  function forgetOldCopies(): void {
    const used = new Set([...wanted.values()].map(({ code }) => code.copyFolder));
    for (const folder of versions.slice(0, -maxOldCopies)) {
      if (!used.has(folder)) rmSync(folder, { recursive: true, force: true });
    }
  }

  const stop = async (): Promise<void> => {
    stopping.abort();
    watcher[Symbol.dispose]();
    await reading;
  };
  const forgetCode = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  try {
    await read();
  } catch (error) {
    await stop();
    forgetCode();
    throw error;
  }
  if (isAskedAgain) {
    isAskedAgain = false;
    void readAgain();
  }
  return {
    get fileCount() {
      return files.modules.length + files.deploymentFiles.length;
    },
    stop,
    forgetCode,
  };
}
