/** Carrying an old ledger forward while others use it, and while something goes wrong. */

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { makeOld, schemaOf } from "../migrations/postgres-schema.testsuite.ts";
import { aTaskRun, create, record } from "../suite/samples.testsuite.ts";
import { createConnection } from "./connection.ts";
import { toPostgresLocation } from "./location.ts";
import { createPool } from "./pool.ts";
import { makePostgresLedger, postgresUrl, type TestPostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";
import { knownVersion, lockSpace } from "./schema-version.ts";
import { createPostgresStore } from "./store.ts";

/** The version before the one whose indexes are built apart, and the one before a table is changed that is there. */
const beforeIndexes = 5;
const beforeColumn = 4;

/** No workspace is opened here. */
const alone = {
  openBeside: () => Promise.reject(new Error("no ledger is beside this one")),
  dropBeside: () => Promise.reject(new Error("no ledger is beside this one")),
};

let ledger: TestPostgresLedger;
let another: pg.Client;

/** Asks over another connection than `ledger.query` does. */
const ask = async (text: string) =>
  (await another.query<Record<string, unknown>>(text.replaceAll("{schema}", ledger.schema))).rows;

/** A store over the ledger as it is, as a process has one that was there before. */
async function openAsBefore(): Promise<Store> {
  const location = toPostgresLocation(ledger.url);
  const pool = await createPool(location, 2);
  const connection = createConnection({ location, clock: systemClock, pool });
  return createPostgresStore(connection, location, { ...alone, close: () => pool.end() });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}

/** How many indexes are begun and not done. */
const unfinished = async (): Promise<number> => {
  const rows = await ledger.query(
    `select 1 from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = '{schema}'::regnamespace and not indisvalid`,
  );
  return rows.length;
};

/** What a ledger is made of, and what it says of its schema. */
async function describeLedger(of: TestPostgresLedger): Promise<unknown> {
  const versions = await of.query("select version, serves from {schema}.ledger_version");
  return { schema: await schemaOf(of), versions };
}

/** Of one that this version has made. */
let fresh: unknown;

async function expectAsFresh(): Promise<void> {
  expect(await describeLedger(ledger)).toEqual(fresh);
}

async function openAndClose(): Promise<void> {
  const store = await ledger.open();
  expect((await store.readSchemaVersion()).version).toBe(knownVersion);
  expect(await store.check()).toEqual([]);
  await store.close();
}

describe.skipIf(whyNot !== "")(`an old ledger in PostgreSQL${whyNot}`, () => {
  beforeAll(async () => {
    const made = await makePostgresLedger();
    const store = await made.open();
    fresh = await describeLedger(made);
    await store.close();
    await made.remove();
  });

  beforeEach(async () => {
    ledger = await makePostgresLedger();
    another = new pg.Client({ connectionString: postgresUrl });
    await another.connect();
  });

  afterEach(async () => {
    await another.end();
    await ledger.remove();
  });

  test("is carried forward once, by one of those that open it at once", async () => {
    await makeOld(ledger, beforeColumn);
    await Promise.all([openAndClose(), openAndClose(), openAndClose()]);
    await expectAsFresh();
    expect(await unfinished()).toBe(0);
  });

  test("is recorded in by those of before, meanwhile and afterwards", async () => {
    await makeOld(ledger, beforeIndexes);
    const before = await openAsBefore();
    const run = await create(before);
    await record(before, { taskRuns: [aTaskRun(run.id)] });
    // An index that is built apart waits for whoever may see the table as it was.
    await ask("begin isolation level repeatable read");
    await ask("select 1 from {schema}.flow_run");
    const opening = openAndClose();
    await until(async () => (await unfinished()) === 1);
    const meanwhile = await create(before);
    await record(before, { taskRuns: [aTaskRun(run.id), aTaskRun(meanwhile.id)] });
    expect(await unfinished()).toBe(1);
    await ask("commit");
    await opening;
    await record(before, { taskRuns: [aTaskRun(meanwhile.id)] });
    expect(await before.readRecords(run.id)).toHaveLength(2);
    expect(await before.readRecords(meanwhile.id)).toHaveLength(2);
    await before.close();
    await expectAsFresh();
  });

  test("goes on where a process was killed", async () => {
    await makeOld(ledger, beforeIndexes);
    const points: readonly (readonly [after: string, instead: string])[] = [
      ["", "create index concurrently flow_run_unended_child"],
      ["create or replace function", "set version = 7"],
      ["set version = 8", "commit"],
      ["set version = 9", "commit"],
    ];
    for (const point of points) await killedAt(...point);
    expect(await ledger.query("select version from {schema}.ledger_version")).toEqual([{ version: 8 }]);
    await openAndClose();
    await expectAsFresh();
  });

  test("waits for an index that the database still builds for a process that was killed", async () => {
    await makeOld(ledger, beforeIndexes);
    await ask("begin isolation level repeatable read");
    await ask("select 1 from {schema}.flow_run");
    const process = startOpening();
    await until(async () => (await unfinished()) === 1);
    process.child.kill("SIGKILL");
    await process.catch(() => undefined);
    await until(async () => (await holding()) === 0);
    const opening = openAndClose();
    await until(async () => (await holding()) === 1);
    const [index] = await ledger.query("select '{schema}.flow_run_by_name_due'::regclass::oid::int as oid");
    await ask("commit");
    await opening;
    // It is the very one.
    expect(await ledger.query("select '{schema}.flow_run_by_name_due'::regclass::oid::int as oid")).toEqual([index]);
    await expectAsFresh();
  });

  test("gets an index anew that was left unfinished", async () => {
    await makeOld(ledger, beforeIndexes);
    await ask("begin isolation level repeatable read");
    await ask("select 1 from {schema}.flow_run");
    const opening = ledger.open();
    await until(async () => (await unfinished()) === 1);
    await ledger.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'create index%' || $1 || '%'",
      [ledger.schema],
    );
    await expect(opening).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    await ask("commit");
    expect(await unfinished()).toBe(1);
    await openAndClose();
    await expectAsFresh();
  });

  test("lets others read while it waits for a table that somebody reads", async () => {
    await makeOld(ledger, beforeColumn);
    await ask("begin");
    await ask("select 1 from {schema}.audit_entry");
    const opening = openAndClose();
    await until(async () => (await waiting("audit_entry")) === 1);
    // It comes behind the one that waits, and has its answer before the first reader has left.
    expect(await ledger.query("select count(*)::int as entries from {schema}.audit_entry")).toEqual([{ entries: 0 }]);
    expect(await ledger.query("select version from {schema}.ledger_version")).toEqual([{ version: beforeColumn }]);
    await ask("commit");
    await opening;
    await expectAsFresh();
  });
});

/** How many wait for a lock of the table. */
async function waiting(table: string): Promise<number> {
  const text = `select 1 from pg_locks where not granted and relation = '{schema}.${table}'::regclass`;
  return (await ledger.query(text)).length;
}

/** How many hold the lock of whoever carries the ledger forward. */
async function holding(): Promise<number> {
  const text = "select 1 from pg_locks where locktype = 'advisory' and classid = $1 and objid = 1 and objsubid = 2";
  return (await ledger.query(text, [lockSpace(ledger.schema)])).length;
}

/** Another process that opens the ledger. */
function startOpening(script = "") {
  const opens = `
    ${script}
    const { openPostgresStore } = await import(${JSON.stringify(import.meta.resolve("./open.ts"))});
    const { systemClock } = await import(${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))});
    const store = await openPostgresStore({ url: ${JSON.stringify(ledger.url)}, clock: systemClock });
    await store.close();`;
  return promisify(execFile)(process.execPath, ["--input-type=module", "--eval", opens], { cwd: import.meta.dirname });
}

/** A process that opens the ledger and is killed in place of a statement, once another was sent. */
async function killedAt(after: string, instead: string): Promise<void> {
  const killed = startOpening(`
    const { default: pg } = await import("pg");
    const { query } = pg.Client.prototype;
    let isNear = ${after === ""};
    pg.Client.prototype.query = function (config, ...rest) {
      const text = typeof config === "string" ? config : (config?.text ?? "");
      if (isNear && text.includes(${JSON.stringify(instead)})) process.kill(process.pid, "SIGKILL");
      isNear ||= text.includes(${JSON.stringify(after)});
      return query.call(this, config, ...rest);
    };`);
  await expect(killed).rejects.toMatchObject({ signal: "SIGKILL" });
}
