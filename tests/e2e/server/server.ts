/** A server as its users start it: a process of its own over a ledger of its own, and flows that record on it. */

import { onTestFinished } from "vitest";
import { startPostgresSchema } from "./postgres-schema.ts";
import { createLedger, type Ended, type Ledger, type Running, until } from "../cli/millrace.ts";

export interface ServerUnderTest {
  readonly url: string;
  readonly running: Running;
  /** Ends it by the signal, and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

interface ServerStart {
  /** 0 for any port. */
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServer(ledger: Ledger, options: ServerStart = {}): Promise<ServerUnderTest> {
  const { port = 0, args = [], env = {} } = options;
  const running = ledger.start(["server", "start", "--json", "--port", String(port), ...args], {
    env: { MILLRACE_CHECK_ANSWERS: "on", ...env },
  });
  const line = await until(() => {
    const { stdout, stderr } = running.printed();
    if (running.child.exitCode !== null) throw new Error(`The server ended: ${stderr}`);
    return stdout.includes("\n") && stdout;
  });
  return {
    url: (JSON.parse(line) as { readonly url: string }).url,
    running,
    end(signal) {
      running.child.kill(signal);
      return running.ended;
    },
  };
}

/** A ledger whose processes record on a server: its home holds no ledger of its own. */
export function createRemoteLedger(url: string): Ledger {
  return withEnvironment(createLedger(), { MILLRACE_API_URL: url });
}

/** The same, all of whose processes have this in their environment. */
export function withEnvironment(ledger: Ledger, env: Readonly<Record<string, string>>): Ledger {
  const withIt = <Options extends { readonly env?: Readonly<Record<string, string>> }>(options?: Options) => ({
    ...options,
    env: { ...env, ...options?.env },
  });
  const run: Ledger["run"] = (args, options) => ledger.run(args, withIt(options));
  return {
    home: ledger.home,
    run,
    start: (args, options) => ledger.start(args, withIt(options)),
    startFile: (file, options) => ledger.startFile(file, withIt(options)),
    async json<T = unknown>(...args: readonly string[]) {
      const { stdout, stderr } = await run([...args, "--json"]);
      if (stdout === "") throw new Error(`millrace ${args.join(" ")} --json printed nothing; its errors:\n${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}

export const databases = ["SQLite", "PostgreSQL"] as const;
export type Database = (typeof databases)[number];

/** A server over an empty ledger in this database, which is there until the test ends. */
export async function startServerOn(database: Database): Promise<ServerUnderTest> {
  const ledger = createLedger();
  if (database === "SQLite") return startServer(ledger);
  const schema = await startPostgresSchema();
  onTestFinished(() => schema.drop());
  const server = await startServer(ledger, { env: { MILLRACE_DATABASE: schema.url } });
  // Before its schema goes.
  onTestFinished(async () => {
    if (server.running.child.exitCode === null) await server.end("SIGKILL");
  });
  return server;
}
