/**
 * Imports a user's module to find its flows, and no more: a root flow that is called meanwhile is refused (see
 * RuntimeSlot.importing), which needs a runtime in the slot.
 */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FlowDefinition, TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Entrypoint } from "../contract/flow-run.ts";
import { isRefusedCall } from "../contract/importing.ts";
import { brands, runtimeSlot } from "../contract/runtime.ts";
import { nearest } from "../kit/nearest.ts";

/** A flow of a module. */
export interface FoundFlow {
  /** Null for a flow that the module does not export. */
  readonly exportName: string | null;
  readonly definition: FlowDefinition;
}

export interface ImportedModule {
  /** The file's URL, links resolved: as `import.meta.url` has it. */
  readonly url: string;
  /** Those that are exported, by name, then those that are not, in the order of their definitions. */
  readonly flows: readonly FoundFlow[];
}

/** The modules that are being imported, newest last: the slot has room for one, and each must be marked to its end. */
const importing: string[] = [];

/**
 * Imports a module, once in a process, and finds its flows.
 *
 * @param file a path, relative to the working directory, or a file URL
 * @throws MODULE_NOT_IMPORTABLE with the reason and the cause; USAGE for a folder; FLOW_CALLED_WHILE_IMPORTING
 */
export async function importModule(file: string): Promise<ImportedModule> {
  const url = locate(file);
  const exported = await importMarked(url, displayPath(file));
  return { url, flows: listFlows(url, exported) };
}

/** The URL of a file that is there. */
function locate(file: string): string {
  const shown = displayPath(file);
  let path: string;
  try {
    path = realpathSync(toPath(file));
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw notImportable(shown, isAbsent ? "there is no such file" : (cause as Error).message, cause);
  }
  if (statSync(path).isDirectory()) {
    throw new MillraceError("USAGE", {
      reason: `${shown} is a folder, and flows are in files`,
      advice: `Name the file that has the flow: ${join(shown, exampleIn(path))}.`,
    });
  }
  return pathToFileURL(path).href;
}

/** A file of a folder that may have flows; else one as it could be. */
function exampleIn(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^[^.].*\.[cm]?[jt]s$/.test(name) && !/\.(test|d)\./.test(name));
  return files.toSorted()[0] ?? "flow.ts";
}

function toPath(file: string): string {
  return file.startsWith("file:") ? fileURLToPath(file) : resolve(file);
}

/** The path for people: relative where it is below the working directory. */
function displayPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  const path = fileURLToPath(file);
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith("..") ? path : below;
}

async function importMarked(url: string, shown: string): Promise<object> {
  const slot = runtimeSlot();
  importing.push(url);
  slot.importing = url;
  try {
    return (await import(url)) as object;
  } catch (cause) {
    if (isRefusedCall(cause)) throw cause;
    throw notImportable(shown, reasonOf(cause), cause);
  } finally {
    importing.splice(importing.lastIndexOf(url), 1);
    slot.importing = importing.at(-1);
  }
}

function notImportable(module: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError("MODULE_NOT_IMPORTABLE", { module, reason }, cause === undefined ? {} : { cause });
}

/** One line, with the place in the file that Node puts before the stack of a syntax error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const [line = ""] = error.message.split("\n", 1);
  const place = /^((?:file:|\/|[A-Z]:\\).*:\d+)\n/.exec(error.stack ?? "")?.[1];
  const at = place === undefined ? "" : ` (${place})`;
  return `${error.name}: ${line.replace(/\.$/, "")}${at}`;
}

function listFlows(url: string, exported: object): readonly FoundFlow[] {
  const flows: FoundFlow[] = [];
  for (const [exportName, value] of Object.entries(exported)) {
    const definition = flowOf(value);
    if (definition !== null) flows.push({ exportName, definition });
  }
  const known = new Set(flows.map(({ definition }) => definition));
  for (const definition of runtimeSlot().definitions) {
    if (definition.kind !== "flow" || definition.site?.module !== url || known.has(definition)) continue;
    flows.push({ exportName: null, definition });
  }
  return flows;
}

interface Branded {
  readonly [brands.definition]?: FlowDefinition | TaskDefinition;
}

function flowOf(value: unknown): FlowDefinition | null {
  if (typeof value !== "function") return null;
  const { [brands.definition]: definition } = value as unknown as Branded;
  return definition?.kind === "flow" ? definition : null;
}

/** Which flow of a module is wanted. */
export interface FlowWanted {
  /** A path, relative to the working directory, or a file URL. */
  readonly file: string;
  /** Null for the only flow of the module, or one that it does not export. */
  readonly exportName: string | null;
  /** The flow's own name: finds it where the export does not, or has no name. */
  readonly flowName?: string;
}

/**
 * Finds a flow in a module, by its export, else by its own name, else as the default export or the only flow there is.
 *
 * @throws FLOW_NOT_FOUND with the flows that there are, MODULE_NOT_IMPORTABLE, FLOW_CALLED_WHILE_IMPORTING
 */
export async function findFlow(
  wanted: FlowWanted,
): Promise<{ readonly definition: FlowDefinition; readonly entrypoint: Entrypoint }> {
  const { url, flows } = await importModule(wanted.file);
  const found = choose(flows, wanted);
  if (found === undefined) throw notFound(flows, wanted);
  return { definition: found.definition, entrypoint: { module: url, export: found.exportName } };
}

function choose(flows: readonly FoundFlow[], { exportName, flowName }: FlowWanted): FoundFlow | undefined {
  const exported = exportName === null ? undefined : flows.find((each) => each.exportName === exportName);
  if (exported !== undefined) return exported;
  if (flowName !== undefined) {
    const named = flows.filter(({ definition }) => definition.name === flowName);
    // Of several that are not exported (a flow and its `withOptions`), the newest.
    return named.find((each) => each.exportName !== null) ?? named.at(-1);
  }
  if (exportName !== null) return undefined;
  return flows.find((each) => each.exportName === "default") ?? onlyOne(flows);
}

/** The one exported flow, though it may have several names; else the one flow. */
function onlyOne(flows: readonly FoundFlow[]): FoundFlow | undefined {
  const exported = flows.filter((each) => each.exportName !== null);
  const candidates = exported.length > 0 ? exported : flows;
  return new Set(candidates.map(({ definition }) => definition)).size === 1 ? candidates[0] : undefined;
}

function notFound(flows: readonly FoundFlow[], { file, exportName, flowName }: FlowWanted): MillraceError {
  const name = exportName ?? flowName ?? null;
  const known = flows.map(describeFlow);
  return new MillraceError("FLOW_NOT_FOUND", {
    wanted: name === null ? "was chosen" : `\`${name}\``,
    module: displayPath(file),
    known: [known.length === 0 ? "It defines none." : `It has: ${known.join(", ")}.`, ...suggestion(flows, name)].join(
      " ",
    ),
  });
}

function describeFlow({ exportName, definition }: FoundFlow): string {
  if (exportName === null) return `flow \`${definition.name}\` (not exported)`;
  return exportName === definition.name ? `\`${exportName}\`` : `\`${exportName}\` (flow \`${definition.name}\`)`;
}

/** By the export's name or the flow's own. */
function suggestion(flows: readonly FoundFlow[], name: string | null): readonly string[] {
  if (name === null) return [];
  const exports = new Map<string, string>();
  for (const { exportName, definition } of flows) {
    if (exportName === null) continue;
    exports.set(exportName, exportName);
    exports.set(definition.name, exportName);
  }
  const meant = nearest(name, exports.keys());
  return meant === null ? [] : [`Did you mean \`${exports.get(meant) ?? meant}\`?`];
}
