/** Prefect's own server, in a process of its own, over its SQLite or over PostgreSQL. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { PrefectVenv } from "../../tools/prefect-venv.ts";
import { withoutTelemetry } from "./prefect.ts";

const startLimitMs = 120_000;
const pollMs = 20;
const firstPort = 20_000;
const portCount = 10_000;

export interface PrefectServer extends AsyncDisposable {
  readonly apiUrl: string;
  readonly pid: number;
  /** From the start of its process to its first answer. */
  readonly startMs: number;
}

export async function startPrefectServer(options: {
  readonly venv: PrefectVenv;
  readonly home: string;
  /** A PostgreSQL. Default: SQLite in the home. */
  readonly database?: string;
}): Promise<PrefectServer> {
  const { venv, home, database } = options;
  const port = await findFreePort();
  const startedAt = performance.now();
  const child = spawn(venv.prefect, ["server", "start", "--host", "127.0.0.1", "--port", String(port)], {
    env: {
      ...process.env,
      ...withoutTelemetry(home),
      ...(database === undefined
        ? {}
        : { PREFECT_API_DATABASE_CONNECTION_URL: database.replace(/^postgres(ql)?:/, "postgresql+asyncpg:") }),
    },
    stdio: "ignore",
  });
  const exited = once(child, "exit");
  const apiUrl = `http://127.0.0.1:${port}/api`;
  while (!(await answers(`${apiUrl}/health`))) {
    const isLate = performance.now() - startedAt > startLimitMs;
    if (isLate) child.kill("SIGKILL");
    if (isLate || child.exitCode !== null) throw new Error(`Prefect's server did not start (${child.exitCode})`);
    await sleep(pollMs);
  }
  return {
    apiUrl,
    pid: child.pid ?? 0,
    startMs: performance.now() - startedAt,
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT");
      const killer = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await exited;
      clearTimeout(killer);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Below those that a system gives to whoever asks for any: it starts slowly, and another's server must not come between. */
async function findFreePort(): Promise<number> {
  for (let port = firstPort + (process.pid % portCount); ; port += 1) {
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
