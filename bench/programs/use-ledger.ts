/**
 * `use-ledger.ts read|record home [database]`: what a process of a version before does with a ledger that is being carried forward,
 * every 50 ms until it is told to end (SIGTERM). It opens the ledger without carrying it forward. Its last line says how often it
 * was answered, the longest answer, and what failed.
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { NewFlowRun } from "../../packages/millrace/src/contract/flow-run.ts";
import type { Store, StoreBatch } from "../../packages/millrace/src/contract/store.ts";
import { systemClock as clock } from "../../packages/millrace/src/kit/clock.ts";
import { uuidv7 } from "../../packages/millrace/src/kit/ids.ts";
import { createConnection as connectToPostgres } from "../../packages/millrace/src/store/postgres/connection.ts";
import { toPostgresLocation } from "../../packages/millrace/src/store/postgres/location.ts";
import { createPool } from "../../packages/millrace/src/store/postgres/pool.ts";
import { createPostgresStore } from "../../packages/millrace/src/store/postgres/store.ts";
import { configure } from "../../packages/millrace/src/store/sqlite/configure.ts";
import { createConnection as connectToSqlite } from "../../packages/millrace/src/store/sqlite/connection.ts";
import { createSqliteStore } from "../../packages/millrace/src/store/sqlite/store.ts";
import { aLogLine, aTaskRun } from "../../packages/millrace/src/store/suite/samples.testsuite.ts";

export interface Used {
  readonly answers: number;
  readonly longestMs: number;
  /** Codes of what was refused. */
  readonly failures: readonly string[];
  /** Of what it says to have recorded, what is not there at the end. */
  readonly lost: number;
}

const everyMs = 50;
/** How long a store waits for a locked file by default. */
const busyTimeoutMs = 30_000;

const [what = "read", home = "", database] = process.argv.slice(2);
const store = database === undefined ? await openSqlite(home) : await openPostgres(database);
let isOver = false;
process.on("SIGTERM", () => void (isOver = true));

const durations: number[] = [];
const failures: string[] = [];
const recorded: string[] = [];
// The first of each kind prepares what those that follow have ready.
await (what === "read" ? read(store) : record(store));
process.stdout.write("ready\n");
while (!isOver) {
  const startedAt = performance.now();
  try {
    await (what === "read" ? read(store) : record(store));
  } catch (error) {
    failures.push(error instanceof Error && "code" in error ? String(error.code) : String(error));
  }
  durations.push(performance.now() - startedAt);
  await sleep(everyMs);
}
const found = await store.readFlowRuns(recorded);
let lost = recorded.length - found.length;
for (const { id } of found) lost += (await store.readRecords(id)).length === 1 ? 0 : 1;
await store.close();
const used: Used = { answers: durations.length, longestMs: Math.max(0, ...durations), failures, lost };
process.stdout.write(`${JSON.stringify(used)}\n`);

/** What a page and a follower of a run ask for. */
async function read(from: Store): Promise<void> {
  const [run] = (await from.findFlowRuns({}, "created-desc", { limit: 50 })).items;
  if (run === undefined) throw new Error("there is no run");
  await from.readRecords(run.id);
  await from.findLogs({ flowRunIds: [run.id] }, { limit: 50 });
  await from.findEvents({ flowRunIds: [run.id] }, { limit: 50 });
}

/** A run with a task and a line of its log, each by itself. */
async function record(to: Store): Promise<void> {
  const nothing: StoreBatch = { created: [], transitions: [], taskRuns: [], logs: [], artifacts: [], events: [] };
  const at = clock.now();
  const run: NewFlowRun = {
    id: uuidv7(),
    flowName: "meanwhile",
    name: "meanwhile",
    parameters: "{}",
    states: [{ type: "RUNNING", name: "Running", at }],
  };
  await to.record({ ...nothing, created: [run] });
  await to.record({ ...nothing, taskRuns: [aTaskRun(run.id)] });
  await to.record({ ...nothing, logs: [aLogLine(run.id, "said")] });
  recorded.push(run.id);
}

/** No workspace is opened here. */
function alone(): Pick<Store, "openBeside" | "dropBeside"> {
  const refuse = () => Promise.reject(new Error("no ledger is beside this one"));
  return { openBeside: refuse, dropBeside: refuse };
}

async function openPostgres(url: string): Promise<Store> {
  const location = toPostgresLocation(url);
  const pool = await createPool(location, 10);
  const connection = connectToPostgres({ location, clock, pool });
  return createPostgresStore(connection, location, { ...alone(), close: () => pool.end() });
}

async function openSqlite(folder: string): Promise<Store> {
  const location = join(folder, "ledger.db");
  const connection = connectToSqlite({
    database: new DatabaseSync(location, { timeout: 0 }),
    location,
    clock,
    busyTimeoutMs,
  });
  await configure(connection, { durability: "process", isServer: false });
  return createSqliteStore(connection, alone());
}
