import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import pg from "pg";
import { schemaOf } from "../packages/millrace/src/store/migrations/postgres-schema.testsuite.ts";
import type { Benchmark, Figure, Limit } from "./kit/benchmark.ts";
import type { OldLedger } from "./kit/old-ledger.ts";
import { makeOldPostgres } from "./kit/old-postgres.ts";
import { makeOldSqlite, readSqliteSchema } from "./kit/old-sqlite.ts";
import { settings } from "./kit/millrace.ts";
import { openBenchPostgres } from "./kit/postgres.ts";
import { runProgram } from "./kit/program.ts";
import { makeScratch } from "./kit/scratch.ts";
import { command } from "./kit/server.ts";
import type { Used } from "./programs/use-ledger.ts";

const user = fileURLToPath(new URL("./programs/use-ledger.ts", import.meta.url));

/** Whoever reads waits no longer. */
const readsWithin: Limit = { atMost: 1000 };
/** Nor whoever writes: in PostgreSQL as it waits for a table, in SQLite as a process waits for the file before it is refused. */
const writesWithin = { PostgreSQL: { atMost: 5000 }, SQLite: { atMost: 30_000 } };
const limitMs = 60 * 60_000;

/** A ledger that has been filled, and how processes find it. */
interface Place {
  readonly database: "PostgreSQL" | "SQLite";
  readonly ledger: OldLedger;
  readonly home: string;
  /** Of PostgreSQL. */
  readonly url?: string;
  /** Of a ledger that this version has made. */
  readonly freshSchema: unknown;
}

export const migrations: Benchmark = {
  name: "migrations",
  what: "a ledger of an older schema that is carried forward, killed in between, while others read it and record in it",
  async run({ isQuick, say }) {
    const rowsOfEach = isQuick ? 25_000 : 2_500_000;
    const figures: Figure[] = [];
    const notes = [`${4 * rowsOfEach} rows: as many flow runs as task runs, events and lines of logs`];
    {
      using scratch = makeScratch();
      const home = join(scratch.path, "home");
      mkdirSync(home);
      say(`SQLite: ${4 * rowsOfEach} rows`);
      const ledger = await makeOldSqlite(join(home, "ledger.db"), rowsOfEach);
      const freshHome = join(scratch.path, "fresh");
      await openLedger(freshHome);
      using fresh = new DatabaseSync(join(freshHome, "ledger.db"));
      const place: Place = { database: "SQLite", ledger, home, freshSchema: readSqliteSchema(fresh) };
      figures.push(...(await measure(place, say)));
      await ledger.close();
    }
    const opened = await openBenchPostgres();
    if ("skipped" in opened) return { figures, notes: [...notes, `PostgreSQL was left out: ${opened.skipped}`] };
    await using server = opened;
    using scratch = makeScratch();
    const [url, freshUrl] = [await server.createDatabase(), await server.createDatabase()];
    say(`PostgreSQL: ${4 * rowsOfEach} rows`);
    const ledger = await makeOldPostgres(url, rowsOfEach);
    await openLedger(scratch.path, freshUrl);
    const freshSchema = await readPostgresSchema(freshUrl);
    figures.push(...(await measure({ database: "PostgreSQL", ledger, home: scratch.path, url, freshSchema }, say)));
    await ledger.close();
    return { figures, notes: [...notes, server.version] };
  },
};

async function measure(
  { database, ledger, home, url, freshSchema }: Place,
  say: (line: string) => void,
): Promise<Figure[]> {
  say(`${database}: checksums of what is there`);
  const before = await ledger.digest();
  const reader = await startUsing("read", home, url);
  const writer = await startUsing("record", home, url);
  say(`${database}: carried forward, and killed`);
  const startedAt = performance.now();
  const wasKilled = await killHalfway(ledger, home, url);
  const killedMs = performance.now() - startedAt;
  say(`${database}: carried forward${wasKilled ? ", where it was left" : ""}`);
  const { wallMs } = await openLedger(home, url);
  const [read, wrote] = [await reader.stop(), await writer.stop()];
  say(`${database}: checksums of what is there`);
  const after = await ledger.digest();
  const isSame = isDeepStrictEqual(await ledger.schema(), freshSchema);
  const count = (label: string, value: number, bound?: Limit): Figure => ({
    label: `${database}: ${label}`,
    samples: [value],
    unit: "",
    ...(bound === undefined ? {} : { bound }),
  });
  const time = (label: string, value: number, bound?: Limit): Figure => ({ ...count(label, value, bound), unit: "ms" });
  return [
    time("until it was killed", killedMs),
    time("the rest", wallMs),
    time("the longest wait of who reads", read.longestMs, readsWithin),
    time("the longest wait of who records", wrote.longestMs, writesWithin[database]),
    count("looks while it went on", read.answers),
    count("runs recorded while it went on", wrote.answers),
    count("refused or lost", read.failures.length + wrote.failures.length + wrote.lost, { atMost: 0 }),
    count("killed in between", wasKilled ? 1 : 0, { atLeast: 1 }),
    count("tables whose rows are others", before.filter((line, index) => line !== after[index]).length, { atMost: 0 }),
    count("schema as that of a new ledger", isSame ? 1 : 0, { atLeast: 1 }),
  ];
}

/** A process of the package that opens the ledger. */
function toOpening(home: string, url?: string) {
  const database: Record<string, string> = url === undefined ? {} : { MILLRACE_DATABASE: url };
  return {
    args: [command, "flow-run", "ls", "--limit", "1", "--json"],
    env: { ...settings(home), ...database },
    limitMs,
  };
}

function openLedger(home: string, url?: string) {
  return runProgram(toOpening(home, url));
}

/** Whether it was: a small ledger may be done before. */
async function killHalfway(ledger: OldLedger, home: string, url?: string): Promise<boolean> {
  const { args, env } = toOpening(home, url);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  while (child.exitCode === null && !(await ledger.isHalfway())) await sleep(1);
  child.kill("SIGKILL");
  await ended;
  return child.signalCode === "SIGKILL";
}

/** A process of the version before, at work. */
async function startUsing(what: "read" | "record", home: string, url?: string): Promise<{ stop(): Promise<Used> }> {
  const args = [user, what, home, ...(url === undefined ? [] : [url])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => void (output += String(data)));
  const ended = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error(`the process that ${what}s ended with ${child.exitCode}`))),
  ]);
  return {
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Used;
    },
  };
}

async function readPostgresSchema(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const schema = "millrace";
  const query = async (text: string) =>
    (await client.query<Record<string, unknown>>(text.replaceAll("{schema}", schema))).rows;
  const found = await schemaOf({ schema, query });
  await client.end();
  return found;
}
