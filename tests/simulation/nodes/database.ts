/**
 * The database that all servers share: the product's own store over SQLite in memory, behind a wire. A server asks, the
 * question travels, the database answers, the answer travels. So two servers read before one of them writes, a server dies
 * after what it asked for was done, and an answer is lost.
 */

import { DatabaseSync } from "node:sqlite";
import { MillraceError } from "../../../packages/millrace/src/contract/errors.ts";
import type { Store, StoreBatch } from "../../../packages/millrace/src/contract/store.ts";
import { configure } from "../../../packages/millrace/src/store/sqlite/configure.ts";
import { createConnection } from "../../../packages/millrace/src/store/sqlite/connection.ts";
import { migrate } from "../../../packages/millrace/src/store/sqlite/migrate.ts";
import { createSqliteStore } from "../../../packages/millrace/src/store/sqlite/store.ts";
import { roomFreedEvent } from "../../../packages/millrace/src/contract/work.ts";
import { late } from "../../../packages/millrace/src/kit/late.ts";
import type { Clock } from "../../../packages/millrace/src/kit/clock.ts";
import type { Faults } from "../world/faults.ts";
import type { World } from "../world/world.ts";
import { watchStore } from "./watched-store.ts";
import type { SimProcess } from "./sim-process.ts";

const location = "the simulated database";

export interface Database {
  /** The store itself, to look at what is in it. */
  readonly store: Store;
  readonly sqlite: DatabaseSync;
  /** Called when something was recorded after which a run may be due, as the stream of events tells it. */
  onEvents(tell: () => void): void;
  /** The store as a process reaches it. */
  connect(process: SimProcess): Store;
}

/** What writes, and so is where a process dies, a disk is full and an answer is lost. */
const writes: ReadonlySet<string> = new Set([
  "record",
  "updateFlowRun",
  "deleteFlowRun",
  "insertObject",
  "replaceObject",
  "deleteObject",
  "markPolled",
  "deleteWaitingRuns",
  "writeRunInput",
  "writeProcess",
  "renewProcess",
  "deleteProcess",
  "changeLimits",
  "renewSlotLease",
  "endSlotLease",
]);

/** Puts something between the store and the servers that breaks a promise. */
export type BreakIt = (store: Store, sqlite: DatabaseSync) => Store;

interface Ledger {
  readonly sqlite: DatabaseSync;
  readonly store: Store;
  readonly empty: string;
}

/** The world whose time it is for SQLite. */
let current: World | null = null;

const clock: Clock = {
  now: () => current?.now ?? 0,
  monotonic: () => current?.elapsedMs ?? 0,
  setTimer: (ms, callback) => current?.after(ms, callback) ?? { cancel: () => undefined },
  sleep: (ms) => new Promise((resolve) => void current?.after(ms, resolve)),
};

/** Workspaces are not simulated: each would be one more ledger like this. */
const noneBeside = {
  openBeside: () => Promise.reject(new Error("there are no workspaces here")),
  dropBeside: () => Promise.reject(new Error("there are no workspaces here")),
};

/** One ledger for all seeds, emptied before each: to prepare its statements anew takes longer than a seed. */
const ledger = late(async (): Promise<Ledger> => {
  const sqlite = new DatabaseSync(":memory:", { enableForeignKeyConstraints: false });
  const connection = createConnection({ database: sqlite, location, clock, busyTimeoutMs: 1000 });
  await configure(connection, { durability: "process", isServer: true });
  await migrate(connection, location);
  const tables = sqlite.prepare("select name from sqlite_schema where type = 'table'").all();
  const empty = tables.map(({ name }) => `delete from "${String(name)}";`).join("\n");
  return { sqlite, store: createSqliteStore(connection, noneBeside), empty };
});

/** @param breakIt puts something between the store and the servers that breaks a promise, to see that it is found */
export async function openDatabase(
  world: World,
  {
    faults,
    onViolation,
    breakIt = (store) => store,
  }: {
    readonly faults: Faults;
    readonly onViolation: (violation: string) => void;
    readonly breakIt?: BreakIt;
  },
): Promise<Database> {
  current = world;
  const { sqlite, store, empty } = await ledger();
  sqlite.exec(`begin;\n${empty}\ncommit`);
  const asked = watchStore(breakIt(store, sqlite), {
    truth: store,
    tell: onViolation,
    reached: (branch) => faults.reached(branch),
  });
  const random = world.random("database");
  const listeners: (() => void)[] = [];

  /** Near a millisecond; now and then a database has something else to do. */
  function travelMs(): number {
    return faults.strikes("the database is slow", 0.01) ? 2000 * faults.draw() : 0.05 + random() * random();
  }

  async function ask(process: SimProcess, name: string, args: readonly unknown[]): Promise<unknown> {
    const method = asked[name as keyof Store] as (...args: readonly unknown[]) => Promise<unknown>;
    const isWrite = writes.has(name);
    if (isWrite && faults.strikes("a server dies before it writes", 0.002)) {
      process.die();
      return new Promise(() => undefined);
    }
    await new Promise<void>((resolve) => void world.after(travelMs(), resolve));
    const refusal = isWrite ? refuse() : null;
    if (refusal !== null) {
      await process.later(travelMs());
      throw refusal;
    }
    if (isWrite) world.trace.add(`${process.name} ${name}`);
    if (name === "record" && mayMakeDue(args[0] as StoreBatch)) for (const tell of listeners) tell();
    let fate: { readonly outcome: unknown } | { readonly error: unknown };
    try {
      fate = { outcome: await Reflect.apply(method, asked, args) };
    } catch (error) {
      fate = { error };
    }
    if (isWrite && faults.strikes("a server dies after it has written", 0.002)) process.die();
    await process.later(travelMs());
    if ("error" in fate) throw fate.error;
    if (isWrite && faults.strikes("a write is done, and reported as timed out", 0.02)) {
      throw new MillraceError("DATABASE_UNREACHABLE", { location, reason: "Connection terminated unexpectedly" });
    }
    return fate.outcome;
  }

  function refuse(): MillraceError | null {
    if (faults.strikes("the disk is full", 0.02)) return new MillraceError("LEDGER_FULL", { location });
    if (faults.strikes("the disk fails", 0.02))
      return new MillraceError("LEDGER_UNWRITABLE", { location, reason: "disk I/O error" });
    if (faults.strikes("the database does not answer", 0.02))
      return new MillraceError("DATABASE_UNREACHABLE", { location, reason: "connect ETIMEDOUT" });
    return null;
  }

  return {
    store,
    sqlite,
    onEvents: (tell) => void listeners.push(tell),
    connect(process) {
      const methods = Object.entries(asked).flatMap(([name, member]) =>
        typeof member === "function"
          ? [[name, (...args: readonly unknown[]) => ask(process, name, args)] as const]
          : [[name, member] as const],
      );
      return { ...(Object.fromEntries(methods) as unknown as Store), close: async () => undefined };
    },
  };
}

function mayMakeDue({ created, transitions, events }: StoreBatch): boolean {
  return (
    created.some(({ states }) => states.at(-1)?.type === "SCHEDULED") ||
    transitions.some(({ state }) => state.type === "SCHEDULED") ||
    events.some(({ name }) => name === roomFreedEvent)
  );
}
