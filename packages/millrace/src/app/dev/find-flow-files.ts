/**
 * Which files of a folder define flows. Importing a file runs it, so that only those are imported that say that they use
 * Millrace, and not tests.
 */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { MillraceError } from "../../contract/errors.ts";

/** More folders are not looked through. */
const maxFolders = 2000;
/** A larger file is data. */
const maxFileBytes = 1024 * 1024;

const moduleName = /\.[cm]?[jt]s$/;
const notFlows = /\.d\.[cm]?ts$|\.(?:test|spec|test-d|bench)\.[cm]?[jt]s$/;
const usesMillrace = /["']millrace["']/;
const definesFlow = /\b(?:flow|toDeployment)\s*[(<]/;
const skipped: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "dist", "build", "coverage"]);
const deploymentFileName = /\.ya?ml$/;
const deploymentFileNames = ["millrace.yaml", "millrace.yml", "prefect.yaml"] as const;

export interface FlowFiles {
  /** Absolute paths, links resolved, in order. */
  readonly modules: readonly string[];
  /** Files such as millrace.yaml. */
  readonly deploymentFiles: readonly string[];
  /** Folders in which others may come. */
  readonly folders: readonly string[];
}

/**
 * A file that is named is taken as it is; of a folder, those files that define flows, and its millrace.yaml.
 *
 * @throws USAGE for a path that is not there
 */
export function findFlowFiles(paths: readonly string[]): FlowFiles {
  const modules = new Set<string>();
  const deploymentFiles = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const full = resolve(path);
    const found = statSync(full, { throwIfNoEntry: false });
    if (found === undefined) {
      throw new MillraceError("USAGE", { reason: `There is no ${path}`, advice: "Name files or folders with flows." });
    }
    if (found.isDirectory()) {
      const name = deploymentFileNames.find((each) => existsSync(join(full, each)));
      if (name !== undefined) deploymentFiles.add(realpathSync(join(full, name)));
      lookThrough(realpathSync(full), { modules, folders });
    } else if (deploymentFileName.test(full)) deploymentFiles.add(realpathSync(full));
    else modules.add(realpathSync(full));
  }
  return { modules: [...modules], deploymentFiles: [...deploymentFiles], folders: [...folders] };
}

function lookThrough(
  folder: string,
  { modules, folders }: { readonly modules: Set<string>; readonly folders: Set<string> },
): void {
  if (folders.size >= maxFolders || folders.has(folder)) return;
  folders.add(folder);
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) lookThrough(path, { modules, folders });
    else if (entry.isFile() && isFlowFile(path)) modules.add(path);
  }
}

function isFlowFile(path: string): boolean {
  if (!moduleName.test(path) || notFlows.test(path)) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.size > maxFileBytes) return false;
  const text = readText(path);
  return usesMillrace.test(text) && definesFlow.test(text);
}

/** Empty for a file that is gone, or may not be read. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
