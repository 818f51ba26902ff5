/** A server as its users start it, from what is built: a process of its own over the ledger of a home. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
/** The command line as it is built. */
export const main = join(root, "packages/millrace/dist/main.js");

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Ends it, in good order if not told otherwise, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ServerStart {
  readonly home: string;
  /** Default: any that is free. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServerProcess({ home, port = 0, env = {} }: ServerStart): Promise<ServerProcess> {
  if (!existsSync(main)) throw new Error("Nothing is built: run `npm run build` first.");
  const child = spawn(process.execPath, [main, "server", "start", "--json", "--port", String(port)], {
    env: { ...cleanEnvironment(), MILLRACE_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes("\n")) resolve(printed);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}: ${errors}`)));
  });
  const { url } = JSON.parse(line) as { readonly url: string };
  return {
    url,
    port: Number(new URL(url).port),
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** What is built must not find our sources, and no setting of whoever runs the tests counts. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MILLRACE_|NODE_OPTIONS$)/.test(name));
  return Object.fromEntries(kept);
}
