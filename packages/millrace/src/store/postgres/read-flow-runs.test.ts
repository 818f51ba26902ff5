import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { create } from "../suite/samples.testsuite.ts";
import { createConnection } from "./connection.ts";
import { createPool } from "./pool.ts";
import { toPostgresLocation } from "./location.ts";
import { makePostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";
import { createFlowRunReader } from "./read-flow-runs.ts";

describe.skipIf(whyNot !== "")(`flow runs of PostgreSQL by their ids${whyNot}`, () => {
  test("are found by their index, also by a plan from when there were hardly any", async () => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    const location = toPostgresLocation(ledger.url);
    const pool = await createPool(location, 1);
    onTestFinished(async () => {
      await pool.end();
      await store.close();
      await ledger.remove();
    });
    const connection = createConnection({ location, clock: systemClock, pool });
    const read = createFlowRunReader(connection);
    const [first, second] = [await create(store), await create(store)];
    // The sixth time it is planned for whatever is asked, and that plan is kept.
    for (let time = 0; time < 6; time++) {
      const found = await read([second.id, uuidv7(), "no id", first.id]);
      expect(found.map(({ id }) => id)).toEqual([second.id, first.id]);
    }
    const name = `"${ledger.schema}/flow-runs-by-id"`;
    const [statement] = await connection.query("select generic_plans from pg_prepared_statements where name = $1", [
      name.replaceAll('"', ""),
    ]);
    expect(Number(statement?.["generic_plans"])).toBeGreaterThan(0);
    const plan = await connection.query(`explain execute ${name}('["${first.id}","${second.id}"]')`);
    const lines = plan.map((row) => String(row["QUERY PLAN"])).join("\n");
    expect(lines).toContain("flow_run_id_key");
    expect(lines).not.toContain("Seq Scan");
  });
});
