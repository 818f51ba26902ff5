/** Where a run runs: the machine, the versions of what runs it, and the state of the code. */

import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunEnvironment } from "../contract/flow-run.ts";
import { type GitHead, isWorkTreeDirty, readGitHead } from "./git-state.ts";
import { findPackage, type PackageName } from "./package-version.ts";

export interface EnvironmentDescriber {
  /**
   * What is known at once (the first time within about a ms), and later what Git had to be asked for; `later` is null when
   * there is nothing more to come, and keeps no process alive. Both are found once: the code that runs is the code that was
   * loaded.
   */
  readonly describe: () => { readonly now: RunEnvironment; readonly later: Promise<RunEnvironment> | null };
  /** The version of the package that a module belongs to; null where it has none. @param module a file URL */
  readonly versionOf: (module: string) => string | null;
}

export interface DescriberOptions {
  /** Hides secrets in the command line, as far as they are known when a run is described. */
  readonly mask: (text: string) => string;
  /** Default: this process's. */
  readonly argv?: readonly string[];
  /** Default: this process's. */
  readonly cwd?: string;
}

/** The package this file is in, in the sources and in what is built of them. */
const ownPackage = (): PackageName | null => findPackage(import.meta.dirname);

export function createEnvironmentDescriber(options: DescriberOptions): EnvironmentDescriber {
  const { mask, argv = process.argv, cwd = process.cwd() } = options;
  let lasting: RunEnvironment | undefined;
  let later: Promise<RunEnvironment> | null = null;

  const withArgv = (environment: RunEnvironment): RunEnvironment => ({ ...environment, argv: argv.map(mask) });

  const begin = (): RunEnvironment => {
    const folder = projectFolder(argv[1], cwd);
    const head = readGitHead(folder);
    lasting = describeLasting({ folder, cwd, head });
    if (head !== null) {
      later = idle()
        .then(() => isWorkTreeDirty(head.workTree))
        .then((isDirty) => {
          later = null;
          lasting = { ...lasting, git: toGit(head, isDirty) };
          return withArgv(lasting);
        });
    }
    return lasting;
  };

  return {
    describe: () => ({ now: withArgv(lasting ?? begin()), later }),
    versionOf: (module) =>
      module.startsWith("file:") ? (findPackage(dirname(fileURLToPath(module)))?.version ?? null) : null,
  };
}

/** Starting a process takes ms, in which nothing else runs: what is under way goes first. */
function idle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function describeLasting({
  folder,
  cwd,
  head,
}: {
  readonly folder: string;
  readonly cwd: string;
  readonly head: GitHead | null;
}): RunEnvironment {
  const project = findPackage(folder);
  const millrace = ownPackage()?.version ?? null;
  return {
    host: hostname(),
    pid: process.pid,
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    ...(millrace === null ? {} : { millrace }),
    ...(project === null ? {} : { package: [project.name, project.version].filter((part) => part !== null).join("@") }),
    cwd,
    ...(head === null ? {} : { git: toGit(head, null) }),
  };
}

function toGit({ commit, branch }: GitHead, isDirty: boolean | null): NonNullable<RunEnvironment["git"]> {
  return { commit, ...(branch === null ? {} : { branch }), ...(isDirty === null ? {} : { dirty: isDirty }) };
}

/**
 * The folder of the script that was started. Where that is a tool (this package's command, or anything installed), the
 * project is where the person stands.
 */
function projectFolder(script: string | undefined, cwd: string): string {
  if (script === undefined) return cwd;
  let path: string;
  try {
    path = realpathSync(script);
  } catch {
    // No file: code given on the command line.
    return cwd;
  }
  const own = ownPackage();
  const isOurs = own !== null && path.startsWith(own.folder + sep);
  return isOurs || path.includes(`${sep}node_modules${sep}`) ? cwd : dirname(path);
}
