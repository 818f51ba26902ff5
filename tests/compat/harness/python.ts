/** Prefect's programs as their users start them: processes of their own, with a home of their own, pointed at a server. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why there is no Prefect to test with; undefined when there is one. */
export const prefectSkipped = process.env.MILLRACE_TEST_PREFECT_SKIPPED;

export interface PythonEnd {
  /** Null when a signal ended it, as it does at the limit. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PythonHome {
  readonly path: string;
  /** Ends what was started here and is still there, and deletes the folder. */
  close(): void;
}

export interface PythonOptions {
  readonly home: PythonHome;
  /** PREFECT_API_URL; none for a program that is itself the server. */
  readonly apiUrl?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 9 minutes. */
  readonly limitMs?: number;
}

export function createPythonHome(): PythonHome {
  const path = mkdtempSync(join(tmpdir(), "millrace-compat-"));
  return {
    path,
    close() {
      endAllOf(path);
      rmSync(path, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Runs a file by the Python that has Prefect, or by another one. */
export function runPython({ program, ...options }: PythonOptions & { readonly program?: string }): Promise<PythonEnd> {
  return run(program ?? programOf("MILLRACE_TEST_PREFECT_PYTHON"), options);
}

/** Starts a command of Prefect's command line. */
export function startPrefect(options: PythonOptions): ChildProcess {
  return start(programOf("MILLRACE_TEST_PREFECT"), options);
}

function run(program: string, options: PythonOptions): Promise<PythonEnd> {
  const child = start(program, options);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // Not "close": a process that it left behind may hold its output open.
    child.on("exit", (code) => setImmediate(() => resolve({ code, stdout, stderr })));
  });
}

function start(program: string, options: PythonOptions): ChildProcess {
  const { home, apiUrl, args, env = {}, limitMs = 540_000 } = options;
  const url = apiUrl === undefined ? {} : { PREFECT_API_URL: apiUrl };
  return spawn(program, args, {
    cwd: home.path,
    env: { ...neutralEnvironment(), ...prefectSettings(home), ...url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
}

/** As a user has them, but for what would make a test slow, loud, or a guest of another's home. */
function prefectSettings({ path }: PythonHome): Record<string, string> {
  return {
    HOME: path,
    PREFECT_HOME: join(path, ".prefect"),
    // A server of its own would hide that ours was not asked.
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: "false",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    DO_NOT_TRACK: "1",
    PREFECT_RUNNER_POLL_FREQUENCY: "1",
    PREFECT_WORKER_QUERY_SECONDS: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    // Wide and plain: the command line wraps its tables.
    COLUMNS: "400",
    NO_COLOR: "1",
    TERM: "dumb",
  };
}

/** Ours, without what the person has set of Millrace, Prefect or Python. */
function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(MILLRACE|PREFECT|PYTHON)|^(NODE_OPTIONS|FORCE_COLOR)$/.test(name),
    ),
  );
}

function programOf(variable: string): string {
  const path = process.env[variable];
  if (path === undefined) throw new Error(`${variable} is not set: run by vitest's project "compat", which sets it.`);
  return path;
}

/**
 * Workers and runners start processes in sessions of their own, so what belongs to a home is known by its environment.
 * Only where there is /proc; elsewhere they end when their server is gone.
 */
function endAllOf(home: string): void {
  if (!existsSync("/proc/self/environ")) return;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (environment.includes(`HOME=${home}`)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // Gone in this moment, or another person's.
    }
  }
}
