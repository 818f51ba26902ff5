/** Where in the user's own code an error came from. */

import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripAnsi } from "../../kit/text.ts";

/** The folder of this package's code, src or dist: its frames say nothing to a user. */
const packageFolder = findPackageFolder(fileURLToPath(import.meta.url));

function findPackageFolder(file: string): string {
  const folder = dirname(file);
  return /[\\/](?:src|dist)$/.test(folder) || dirname(folder) === folder ? folder : findPackageFolder(folder);
}

export interface StackFrame {
  /** Null for the top level of a module, and for functions without a name. */
  readonly functionName: string | null;
  /** Relative to the working directory where it lies below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const framePattern = /^\s*at (?:(?:async )?(.+?) \()?(.+?):(\d+):(\d+)\)?$/;

/** The first frame that is neither Node's, nor a package's, nor ours; null when there is none. */
export function firstOwnFrame(stack: string, options: { readonly cwd: string }): StackFrame | null {
  for (const text of stack.split("\n")) {
    const match = framePattern.exec(text);
    if (match === null) continue;
    const [, name, location = "", line, column] = match;
    const path = toPath(location.replace(/^async /, ""));
    if (path === null || isForeign(path)) continue;
    // `Object.fn` is a function without a name, as a flow or task holds it.
    const isNamed = name !== undefined && !/<anonymous>|^Object\.fn$/.test(name);
    return {
      functionName: isNamed ? name : null,
      file: shorten(path, options.cwd),
      line: Number(line),
      column: Number(column),
    };
  }
  return null;
}

/**
 * The text without the frames of this package and of Node itself, which stand between a user's task and what called it. A
 * stack that has no other frames stays as it is: it tells of a defect.
 *
 * @param text stacks, by themselves or within what `inspect` has written, also in colours
 */
export function hideEngineFrames(text: string): string {
  const kept: string[] = [];
  /** Frames of which the next line tells whether they stay. */
  let held: string[] = [];
  let hasOwnFrame = false;
  let holdsEngine = false;
  const decide = (isEnd: boolean): void => {
    const areHidden = holdsEngine && (hasOwnFrame || !isEnd);
    if (!areHidden) kept.push(...held);
    else if (isEnd) kept.push(`${kept.pop() ?? ""}${endOf(held.at(-1))}`);
    held = [];
    holdsEngine = false;
  };
  for (const line of text.split("\n")) {
    const kind = kindOf(stripAnsi(line));
    if (kind === "engine" || kind === "nowhere") {
      held.push(line);
      holdsEngine ||= kind === "engine";
      continue;
    }
    decide(kind === "text");
    hasOwnFrame = kind === "own";
    kept.push(line);
  }
  decide(true);
  return kept.join("\n");
}

/** Frames without a place: `at new Promise (<anonymous>)`, `at async Promise.all (index 0)`. */
const placeless = /^\s*at .*\((?:<anonymous>|native|index \d+)\)/;

/** What `inspect` writes for frames that the cause has too. */
const repeatedFrames = /^\s*\.\.\. \d+ lines matching cause stack trace/;

function kindOf(line: string): "own" | "engine" | "nowhere" | "text" {
  if (repeatedFrames.test(line)) return "own";
  if (placeless.test(line)) return "nowhere";
  const [, , location] = framePattern.exec(line.slice(0, line.length - endOf(line).length)) ?? [];
  if (location === undefined) return "text";
  const path = location.replace(/^async /, "");
  return path.startsWith("node:") || toPath(path)?.startsWith(packageFolder) === true ? "engine" : "own";
}

/** What follows a frame in a line of `inspect`, which is of the value around it: ` {`, `,` or ` ]`. */
function endOf(line = ""): string {
  return /^\s*at .*?(?::\d+:\d+\)?|\((?:<anonymous>|native|index \d+)\))(.*)$/.exec(stripAnsi(line))?.[1] ?? "";
}

function toPath(location: string): string | null {
  if (!location.startsWith("file:")) return /^(?:node:|\w+:\/\/|native|<)/.test(location) ? null : location;
  try {
    return fileURLToPath(location);
  } catch {
    return null;
  }
}

function isForeign(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) || path.startsWith(packageFolder);
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || short === "" ? path : short;
}

/** "train.ts:12:9" */
export function frameLocation(frame: StackFrame): string {
  return `${frame.file}:${frame.line}:${frame.column}`;
}
