/** A server of Millrace in a process of its own. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { millraceFile, settings } from "./millrace.ts";
import { readPeakMb } from "./process-memory.ts";

export interface BenchServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** From the start of its process until it says that it listens. */
  readonly startMs: number;
  /** The most memory it had until then; null where the system does not tell. */
  readonly startMb: number | null;
  /** The most it had so far. */
  readPeakMb(): number | null;
}

/** The command, beside the file of the package that programs import. */
export const command = millraceFile.endsWith(".ts")
  ? fileURLToPath(new URL("../../packages/millrace/src/cli/main.ts", import.meta.url))
  : fileURLToPath(new URL("../../packages/millrace/dist/main.js", import.meta.url));

export async function startBenchServer(options: {
  readonly home: string;
  /** Default: SQLite in the home. */
  readonly database?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly execArgv?: readonly string[];
}): Promise<BenchServer> {
  const { home, database, env = {}, execArgv = [] } = options;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...execArgv, command, "server", "start", "--port", "0", "--json"], {
    env: {
      ...process.env,
      ...settings(home),
      ...(database === undefined ? {} : { MILLRACE_DATABASE: database }),
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => Promise.reject(new Error(`the server ended with exit code ${child.exitCode}`))),
  ])) as [Buffer];
  const startMs = performance.now() - startedAt;
  const pid = child.pid ?? 0;
  return {
    pid,
    url: (JSON.parse(line.toString()) as { readonly url: string }).url,
    startMs,
    startMb: readPeakMb(pid),
    readPeakMb: () => readPeakMb(pid),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
