/** Servers on one PostgreSQL, and workers of each, as processes that can be killed and started again. */

import { onTestFinished } from "vitest";
import { createLedger, type Ledger, until } from "../cli/millrace.ts";
import { startPostgresSchema } from "../server/postgres-schema.ts";
import { createRemoteLedger, startServer } from "../server/server.ts";

export interface Killable {
  /** By kill -9. */
  kill(): Promise<void>;
  /** Starts it again as it was. */
  restart(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** What it said went wrong, of every time that it was started. */
  troubles(): string;
}

export interface Server extends Killable {
  readonly url: string;
}

type Environment = Readonly<Record<string, string>>;

/** Several servers over an empty ledger. */
export async function startServers(count: number, env: Environment): Promise<readonly Server[]> {
  const schema = await startPostgresSchema();
  onTestFinished(() => schema.drop());
  const servers: Server[] = [];
  // The first one makes the tables; the others find them, or make them at the same time.
  await Promise.all(
    Array.from({ length: count }, async () => servers.push(await startOne({ ...env, MILLRACE_DATABASE: schema.url }))),
  );
  return servers;
}

async function startOne(env: Environment): Promise<Server> {
  const ledger = createLedger();
  let server = await startServer(ledger, { env });
  let said = "";
  const { url } = server;
  return {
    url,
    async kill() {
      said += (await server.end("SIGKILL")).stderr;
    },
    async restart() {
      server = await startServer(ledger, { port: Number(new URL(url).port), env });
    },
    async stop() {
      said += (await server.end("SIGTERM")).stderr;
    },
    troubles: () => said + server.running.printed().stderr,
  };
}

/** Workers of the pool `local`, whose first word was waited for. */
export async function startWorkers(
  count: number,
  { url, env }: { url: string; env: Environment },
): Promise<readonly Killable[]> {
  const ledger = createRemoteLedger(url);
  return Promise.all(Array.from({ length: count }, () => startWorker(ledger, env)));
}

async function startWorker(ledger: Ledger, env: Environment): Promise<Killable> {
  const words = ["worker", "start", "--pool", "local", "--limit", "2", "--ready", "1"];
  let said = "";
  const start = async () => {
    const running = ledger.start(words, { env });
    await until(() => {
      const { stdout, stderr } = running.printed();
      if (running.child.exitCode !== null) throw new Error(`The worker ended: ${stderr}`);
      return stdout.includes("takes runs of pool local");
    });
    return running;
  };
  let running = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running.child.kill(signal);
    said += (await running.ended).stderr;
  };
  return {
    kill: () => end("SIGKILL"),
    async restart() {
      running = await start();
    },
    stop: () => end("SIGTERM"),
    troubles: () => said + running.printed().stderr,
  };
}
