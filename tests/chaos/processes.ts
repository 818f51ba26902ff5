/** Starts the processes under test and hears of their ends. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** "1": with the product as it is built. */
export const builtVariable = "MILLRACE_CHAOS_BUILT";

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It had to be killed because it did not end. */
  readonly isHung: boolean;
}

export interface StartedProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  /** What it has printed so far. */
  printed(): { readonly stdout: string; readonly stderr: string };
  kill(signal: NodeJS.Signals): void;
}

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Modules that are loaded before anything else. */
  readonly preloads?: readonly string[];
  /** A process that has not ended by then hangs, and is killed. Null for one that does not end by itself. In ms, default 60,000. */
  readonly hangsAfterMs?: number | null;
}

/** How long what it printed is waited for after its end. */
const pipesCloseMs = 200;

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** The product is taken from its sources, or as it is built: main.ts has built it then. */
const isBuilt = process.env[builtVariable] === "1";
const product = isBuilt ? "dist/main.js" : "src/cli/main.ts";
const commandLine = fileURLToPath(new URL(`../../packages/millrace/${product}`, import.meta.url));
const conditions = isBuilt ? [] : ["--conditions=millrace-source"];

/** Runs a file with this Node. */
export function startNode(args: readonly string[], options: ProcessOptions): StartedProcess {
  const { env, preloads = [], hangsAfterMs = 60_000 } = options;
  const nodeOptions = [...conditions, ...preloads.flatMap((name) => ["--import", fixture(name)])];
  const { PATH = "", HOME = "", TMPDIR, MILLRACE_HOME } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, ...args], {
    env: {
      PATH,
      HOME,
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      // Hundreds of processes load the same modules: what is compiled is kept in the folder of the test file.
      ...(MILLRACE_HOME === undefined ? {} : { NODE_COMPILE_CACHE: join(MILLRACE_HOME, "compile-cache") }),
      MILLRACE_LIVE: "off",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid === undefined) throw new Error(`${process.execPath} could not be started`);
  const texts = { stdout: "", stderr: "" };
  const ended = endOf(child, { texts, hangsAfterMs });
  return { pid: child.pid, ended, printed: () => ({ ...texts }), kill: (signal) => void child.kill(signal) };
}

/** Runs a command of the product. */
export function startCommand(args: readonly string[], options: ProcessOptions): StartedProcess {
  return startNode([commandLine, ...args], options);
}

function endOf(
  child: ChildProcess,
  { texts, hangsAfterMs }: { readonly texts: { stdout: string; stderr: string }; readonly hangsAfterMs: number | null },
): Promise<ProcessEnd> {
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  let isHung = false;
  const giveUp = (): void => {
    isHung = true;
    child.kill("SIGKILL");
  };
  const timer = hangsAfterMs === null ? undefined : setTimeout(giveUp, hangsAfterMs);
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const end = (): void => resolve({ code, signal, ...texts, isHung });
      // Processes of a pool hold the pipes for a moment after their parent was killed.
      setTimeout(end, pipesCloseMs);
      child.once("close", end);
    });
  });
}
