import { describe, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { compile } from "../sql/fragment.ts";
import { findFlowRuns, type FlowRunQuestion } from "../sql/flow-runs.ts";
import type { Row } from "../sql/database.ts";
import { aFlowRun, aState, record, startAt } from "../suite/samples.testsuite.ts";
import { createConnection, type PostgresConnection } from "./connection.ts";
import { createPostgresDialect } from "./dialect.ts";
import { toPostgresLocation } from "./location.ts";
import { createPool } from "./pool.ts";
import { makePostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";

const runs = 2000;

/** How the database would answer, step by step. */
async function explain(connection: PostgresConnection, question: FlowRunQuestion): Promise<string> {
  let lines: readonly Row[] = [];
  const all: PostgresConnection["all"] = async (fragment) => {
    const { text, values } = compile(fragment, createPostgresDialect(connection.schema));
    lines = await connection.query(`explain ${text}`, values);
    return [];
  };
  await findFlowRuns({ ...connection, all }, question);
  return lines.map((line) => String(line["QUERY PLAN"])).join("\n");
}

describe.skipIf(whyNot !== "")(`what PostgreSQL knows of its tables${whyNot}`, () => {
  test("is looked at again when they have grown much, so that the newest of many runs are found without the others", async () => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    const location = toPostgresLocation(ledger.url);
    const pool = await createPool(location, 1);
    onTestFinished(async () => {
      await pool.end();
      await store.close();
      await ledger.remove();
    });
    // The database may look at them by itself at any time.
    await ledger.query("alter table {schema}.flow_run set (autovacuum_enabled = false)");
    const connection = createConnection({ location, clock: systemClock, pool });
    const question = { filter: { flowNames: ["etl"] }, sort: "created-desc", page: { limit: 20 } } as const;
    expect(await store.refreshStatistics()).toBe(0);
    for (let made = 0; made < runs; made += 500) {
      const states = (index: number) => [aState("PENDING", startAt + index), aState("RUNNING", startAt + index + 1)];
      const created = Array.from({ length: 500 }, (_, index) =>
        aFlowRun({ flowName: "etl", states: states(made + index) }),
      );
      await record(store, { created });
    }
    // What was written is told to the others a second later.
    const looked = await vi.waitFor(
      async () => {
        const found = await store.refreshStatistics();
        expect(found).toBeGreaterThan(0);
        return found;
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(looked).toBeGreaterThan(0);
    const [{ rows = 0 } = {}] = await ledger.query(
      "select reltuples as rows from pg_class where oid = '{schema}.flow_run'::regclass",
    );
    expect(Number(rows)).toBe(runs);
    const plan = await explain(connection, question);
    expect(plan).toMatch(/Index Scan Backward using flow_run_by_(flow|created_at)/);
    expect(plan).not.toMatch(/Seq Scan|Bitmap/);
    expect(await store.refreshStatistics()).toBe(0);
  });
});
