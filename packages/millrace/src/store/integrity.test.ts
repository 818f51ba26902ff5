import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { makePostgresLedger, whyNot } from "./postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "./sqlite/sqlite-ledger.testsuite.ts";
import { writeSampleLedger } from "./suite/sample-ledger.testsuite.ts";
import { aLogLine, aTaskRun, create, record } from "./suite/samples.testsuite.ts";

interface Opened {
  readonly store: Store;
  /** Runs a statement behind the store's back. */
  readonly change: (statement: string) => Promise<unknown>;
}

async function openSqlite(): Promise<Opened> {
  const ledger = await makeSqliteLedger();
  const store = await ledger.open();
  onTestFinished(async () => {
    await store.close();
    await ledger.remove();
  });
  return {
    store,
    change: async (statement) => {
      const database = new DatabaseSync(ledger.path);
      database.exec(statement);
      database.close();
    },
  };
}

async function openPostgres(): Promise<Opened> {
  const ledger = await makePostgresLedger();
  const store = await ledger.open();
  onTestFinished(async () => {
    await store.close();
    await ledger.remove();
  });
  const qualified = (statement: string): string => statement.replace(/(update|delete from) /, "$1 {schema}.");
  return { store, change: (statement) => ledger.query(qualified(statement)) };
}

describe.each([
  { name: "SQLite", open: openSqlite, why: "" },
  { name: "PostgreSQL", open: openPostgres, why: whyNot },
])("the records of a ledger in $name", ({ open, why }) => {
  test.skipIf(why !== "")(`agree with each other${why}`, async () => {
    const { store } = await open();
    await writeSampleLedger(store);
    expect(await store.check({ depth: "everything" })).toEqual([]);
  });

  test.skipIf(why !== "")(`are told where they do not${why}`, async () => {
    const { store, change } = await open();
    const odd = await create(store);
    const run = await create(store);
    await record(store, { taskRuns: [aTaskRun(run.id), aTaskRun(run.id)], logs: [aLogLine(run.id, "left over")] });
    await change(`update flow_run set state_type = 'FAILED', state_name = 'Failed' where seq = 1`);
    await change(`update task_run set inputs = '["half' where seq = 1`);
    expect(await store.check({ depth: "records" })).toEqual([
      `one of flow_run are in another state than the last of their history: ${odd.id}`,
      `one of flow_run are in another state than their last event tells of: ${odd.id}`,
      expect.stringMatching(/^one of task_run hold a text that is no JSON: /),
    ]);
    await change("delete from flow_run");
    const found = await store.check({ depth: "records" });
    expect(found).toContain(`2 of task_run belong to a flow run that is not there: ${run.id}, ${run.id}`);
    expect(found).toContain(`one of log belong to a flow run that is not there: ${run.id}`);
    // The database itself holds together.
    expect(await store.check()).toEqual([]);
  });
});

test.skipIf(whyNot !== "")(
  `each index of a ledger in PostgreSQL is looked at where the database can${whyNot}`,
  async ({ skip }) => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    onTestFinished(async () => {
      await store.close();
      await ledger.remove();
    });
    const [known] = await ledger.query("select 1 from pg_available_extensions where name = 'amcheck'");
    if (known === undefined) return skip("this PostgreSQL comes without amcheck");
    await ledger.query("create extension if not exists amcheck");
    await writeSampleLedger(store);
    expect(await store.check({ depth: "everything" })).toEqual([]);
    // An index that lost an entry: the row is in the table, and the index does not lead to it.
    await ledger.query(
      "update pg_index set indisready = false where indexrelid = '{schema}.flow_run_by_created_at'::regclass",
    );
    await create(store);
    await ledger.query(
      "update pg_index set indisready = true where indexrelid = '{schema}.flow_run_by_created_at'::regclass",
    );
    expect(await store.check()).toEqual([]);
    expect(await store.check({ depth: "everything" })).toEqual([
      expect.stringMatching(/^index flow_run_by_created_at: heap tuple .* lacks matching index tuple/),
    ]);
  },
);
