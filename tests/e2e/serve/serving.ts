/** Processes that serve flows, and programs that ask for their runs. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createLedger, type Ledger, type Running, until } from "../cli/millrace.ts";
import { startPostgresSchema } from "../server/postgres-schema.ts";
import { createRemoteLedger, startServerOn } from "../server/server.ts";

export const fixtures = join(import.meta.dirname, "fixtures");

export const places = ["its own SQLite", "its own PostgreSQL", "a server on SQLite", "a server on PostgreSQL"] as const;
export type Place = (typeof places)[number];

/** A ledger of which processes know by their environment. */
export async function openPlace(
  place: Place,
): Promise<{ readonly ledger: Ledger; readonly env: Record<string, string> }> {
  if (place.startsWith("a server")) {
    const server = await startServerOn(place.endsWith("SQLite") ? "SQLite" : "PostgreSQL");
    return { ledger: createRemoteLedger(server.url), env: {} };
  }
  const ledger = createLedger();
  if (place.endsWith("SQLite")) return { ledger, env: {} };
  const schema = await startPostgresSchema();
  onTestFinished(() => schema.drop());
  return { ledger, env: { MILLRACE_DATABASE: schema.url } };
}

export const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

/** A process that serves is there until the test ends, and says first what it serves. */
export async function startServing(
  ledger: Ledger,
  { file, env }: { readonly file: string; readonly env: Readonly<Record<string, string>> },
): Promise<Running> {
  const running = ledger.startFile(join(fixtures, file), { env });
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  await until(() => {
    const { stderr } = running.printed();
    if (running.child.exitCode !== null) throw new Error(`It ended: ${stderr}`);
    return stderr.includes("Ctrl-C stops it");
  });
  return running;
}

export interface Submitted {
  readonly id: string;
  readonly state: { readonly type: string; readonly message?: string };
  readonly result: unknown;
}

/** What a flow of another process is told of the run that it has asked for. */
export async function submit<T = Submitted>(
  ledger: Ledger,
  request: {
    readonly env: Readonly<Record<string, string>>;
    readonly name: string;
    readonly parameters?: object;
    readonly options?: object;
  },
): Promise<T> {
  const { name, parameters = {}, options = {} } = request;
  const env = {
    ...request.env,
    MILLRACE_LIVE: "off",
    SUBMIT: JSON.stringify({ name, options: { parameters, ...options } }),
  };
  const { stdout, stderr } = await ledger.startFile(join(fixtures, "submit.ts"), { env }).ended;
  if (stdout === "") throw new Error(`It printed nothing; its errors:\n${stderr}`);
  return JSON.parse(stdout) as T;
}
