/** The servers that a scenario is run against. */

import { afterAll, beforeAll } from "vitest";
import { createLastingLedger, type Ledger } from "../../e2e/cli/millrace.ts";
import { postgresSkipped, startPostgresSchema } from "../../e2e/server/postgres-schema.ts";
import { startServer, withEnvironment } from "../../e2e/server/server.ts";
import { startPrefectServer } from "./prefect-server.ts";
import { prefectSkipped } from "./python.ts";

const kinds = ["millrace-sqlite", "millrace-postgres", "prefect"] as const;
export type TargetKind = (typeof kinds)[number];

export interface Target {
  /** What PREFECT_API_URL is set to. */
  readonly apiUrl: string;
  stop(): Promise<void>;
}

/** What the environment of a server has beside the usual, by whose server it is. */
export interface TargetEnv {
  readonly millrace?: Readonly<Record<string, string>>;
  readonly prefect?: Readonly<Record<string, string>>;
}

/**
 * What each change is held to on PostgreSQL too: states, events, limits and schedules, whose statements differ most. The nightly
 * run takes every file on both databases.
 */
const onBothDatabases: ReadonlySet<string> = new Set(["flows.py", "events.py", "concurrency.py", "schedules.py"]);

/** Those that MILLRACE_COMPAT_TARGET names, between commas. Default: Millrace on SQLite, and some files on both databases. */
export function chosenTargets(file: string): readonly TargetKind[] {
  const usual = onBothDatabases.has(file) ? "millrace-sqlite,millrace-postgres" : "millrace-sqlite";
  const named = process.env.MILLRACE_COMPAT_TARGET ?? usual;
  return named.split(",").map((name) => {
    const kind = kinds.find((each) => each === name.trim());
    if (kind === undefined) throw new Error(`MILLRACE_COMPAT_TARGET: no target ${name}; there are ${kinds.join(", ")}`);
    return kind;
  });
}

/** Why this machine cannot run scenarios against it; undefined where it can. */
export function reasonToSkip(kind: TargetKind): string | undefined {
  return prefectSkipped ?? (kind === "millrace-postgres" ? postgresSkipped : undefined);
}

/** Those of them that are ours, for tests that are more than a scenario. */
export function ownTargets(): readonly Exclude<TargetKind, "prefect">[] {
  return chosenTargets("").filter((kind) => kind !== "prefect");
}

/** In a describe: a ledger of such a target, for all of its tests. What is done with it comes before the last of them ends. */
export function useLedger(kind: Exclude<TargetKind, "prefect">): { readonly ledger: () => Ledger } {
  const own = createLastingLedger();
  let ledger: Ledger | undefined;
  if (kind === "millrace-postgres") {
    beforeAll(async () => {
      const schema = await startPostgresSchema();
      ledger = withEnvironment(own, { MILLRACE_DATABASE: schema.url });
      return () => schema.drop();
    });
  } else ledger = own;
  return {
    ledger() {
      if (ledger === undefined) throw new Error("The ledger is not there yet.");
      return ledger;
    },
  };
}

/** In a describe: the server is there from before its first test until after its last. */
export function useTarget(kind: TargetKind, env: TargetEnv = {}): { readonly apiUrl: () => string } {
  const ledger = kind === "prefect" ? undefined : createLastingLedger();
  let target: Target | undefined;
  beforeAll(async () => {
    target = await startTarget(kind, { ledger, env });
  });
  afterAll(() => target?.stop());
  return {
    apiUrl() {
      if (target === undefined) throw new Error("The server is not there yet.");
      return target.apiUrl;
    },
  };
}

async function startTarget(
  kind: TargetKind,
  { ledger, env }: { readonly ledger: Ledger | undefined; readonly env: TargetEnv },
): Promise<Target> {
  if (ledger === undefined) return startPrefectServer(env.prefect);
  if (kind === "millrace-sqlite") return startMillrace(ledger, env.millrace);
  const schema = await startPostgresSchema();
  const server = await startMillrace(ledger, { ...env.millrace, MILLRACE_DATABASE: schema.url });
  return {
    apiUrl: server.apiUrl,
    async stop() {
      await server.stop();
      await schema.drop();
    },
  };
}

async function startMillrace(ledger: Ledger, env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const server = await startServer(ledger, { env });
  return {
    apiUrl: `${server.url}/api`,
    async stop() {
      if (server.running.child.exitCode === null) await server.end("SIGKILL");
    },
  };
}
