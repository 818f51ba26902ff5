/** The `millrace` command as its users start it: a process of its own, with a ledger of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, onTestFinished } from "vitest";

const main = join(import.meta.dirname, "../../../packages/millrace/src/cli/main.ts");

/** Flows that the tests run. */
export const flows = join(import.meta.dirname, "flows");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What was printed so far. */
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
}

export interface Ledger {
  readonly home: string;
  start(args: readonly string[], options?: StartOptions): Running;
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** What it prints with --json. */
  json<T = unknown>(...args: readonly string[]): Promise<T>;
  /** Runs a file by node, as `node flow.ts` does. */
  startFile(file: string, options?: StartOptions): Running;
}

interface StartOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A ledger that is there until the test ends. */
export function createLedger(): Ledger {
  return openLedger(onTestFinished);
}

/** A ledger that is there for all tests of a file. */
export function createLastingLedger(): Ledger {
  return openLedger(afterAll);
}

function openLedger(atEnd: (end: () => void) => void): Ledger {
  const home = mkdtempSync(join(tmpdir(), "millrace-cli-"));
  atEnd(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const children = new Set<ChildProcess>();
  atEnd(() => {
    for (const child of children) child.kill("SIGKILL");
  });
  const start = (words: readonly string[], { input, env = {}, cwd = flows }: StartOptions = {}): Running => {
    const child = spawn(process.execPath, ["--conditions=millrace-source", ...words], {
      cwd,
      env: { ...cleanEnvironment(), MILLRACE_HOME: home, ...env },
    });
    children.add(child);
    child.on("exit", () => children.delete(child));
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    // A process that does not read its input may have closed it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
    return { child, ended, printed: () => ({ stdout, stderr }) };
  };
  const run: Ledger["run"] = (args, options) => start([main, ...args], options).ended;
  return {
    home,
    start: (args, options) => start([main, ...args], options),
    run,
    startFile: (file, options) => start([file], options),
    async json<T>(...args: readonly string[]) {
      const { stdout, stderr } = await run([...args, "--json"]);
      if (stdout === "") throw new Error(`millrace ${args.join(" ")} --json printed nothing; its errors:\n${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}

/** Without what would colour, place or wrap the output. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MILLRACE_|FORCE_COLOR|NO_COLOR)/.test(name));
  return Object.fromEntries(kept);
}

/** Looks again and again until there is something. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(25);
  }
}
