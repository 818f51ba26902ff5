/**
 * 64 writers record batches about the same runs in PostgreSQL, while others lock these runs in every order, so that the database
 * undoes transactions to end deadlocks; and now and then it undoes one for nothing, as it does where it cannot put them in an
 * order. Nobody is told of it: each batch is there, whole, and once.
 */

import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { uuidv7 } from "../../../packages/millrace/src/kit/ids.ts";
import { createRandom, pick, type Random } from "../../../packages/millrace/src/kit/random.ts";
import type { Store } from "../../../packages/millrace/src/contract/store.ts";
import { openPostgresStore } from "../../../packages/millrace/src/store/postgres/open.ts";
import {
  aLogLine,
  anEvent,
  aTaskRun,
  create,
  record,
} from "../../../packages/millrace/src/store/suite/samples.testsuite.ts";
import { startPostgresSchema } from "../../e2e/server/postgres-schema.ts";
import { postgresMissing } from "../chosen-seeds.ts";
import { chaosFactor } from "./chaos-factor.ts";

const writers = 64;
const stores = 4;
const batchesOfWriter = 6 * chaosFactor();
const runsOfBatch = 4;
const crossers = 6;
/** How often a transaction is undone for nothing. */
const undoneShare = 0.05;

test.skipIf(postgresMissing !== undefined)(
  "writers whose transactions are undone are not told, and each batch is whole",
  async () => {
    const schema = await startPostgresSchema();
    onTestFinished(() => schema.drop());
    const name = new URL(schema.url).searchParams.get("schema") ?? "";
    const url = new URL(schema.url);
    // A second is what the database waits before it looks for a deadlock.
    url.searchParams.set("options", "-c deadlock_timeout=5ms");
    const opened: Store[] = [];
    for (let index = 0; index < stores; index++)
      opened.push(await openPostgresStore({ url: url.href, clock: systemClock }));
    const [first] = opened;
    if (first === undefined) throw new Error("there is a store");
    const runs = [];
    for (let index = 0; index < 12; index++) runs.push(await create(first));
    const ids = runs.map(({ id }) => id);

    const admin = new pg.Client(process.env.MILLRACE_TEST_POSTGRES_URL);
    await admin.connect();
    await admin.query(`
    create function ${name}.undo() returns trigger language plpgsql as $$
    begin
      if random() < ${undoneShare} then
        raise exception 'undone for nothing' using errcode = 'serialization_failure';
      end if;
      return null;
    end $$`);
    await admin.query(
      `create trigger undo after insert on ${name}.log for each statement execute function ${name}.undo()`,
    );

    let isOver = false;
    let deadlocks = 0;
    async function cross(random: Random): Promise<void> {
      const client = new pg.Client(url.href);
      await client.connect();
      while (!isOver) {
        try {
          await client.query("begin");
          for (const id of shuffled(ids, random).slice(0, 3)) {
            await client.query(`update ${name}.flow_run set version = version where id = $1`, [id]);
          }
          await client.query("commit");
        } catch (error) {
          if ((error as { readonly code?: unknown }).code !== "40P01") throw error;
          deadlocks++;
          await client.query("rollback");
        }
      }
      await client.end();
    }

    async function write(writer: number): Promise<void> {
      const random = createRandom(`writer ${writer}`);
      for (let batch = 0; batch < batchesOfWriter; batch++) {
        const store = pick(random, opened);
        const chosen = shuffled(ids, random).slice(0, runsOfBatch);
        const { stale } = await record(store, {
          taskRuns: chosen.map((id) => aTaskRun(id)),
          logs: chosen.map((id) => aLogLine(id, `${writer} ${batch}`)),
          events: [anEvent({ id: uuidv7(), name: `${writer} ${batch}` })],
        });
        expect(stale).toEqual([]);
      }
    }

    const crossing = Array.from({ length: crossers }, (_, index) => cross(createRandom(`crosser ${index}`)));
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    isOver = true;
    await Promise.all(crossing);

    const all = Array.from(
      { length: writers * batchesOfWriter },
      (_, at) => `${Math.floor(at / batchesOfWriter)} ${at % batchesOfWriter}`,
    );
    const lines = await admin.query<{ message: string; count: number }>(
      `select message, count(*)::int as count from ${name}.log group by message`,
    );
    expect(new Map(lines.rows.map(({ message, count }) => [message, count]))).toEqual(
      new Map(all.map((each) => [each, runsOfBatch])),
    );
    const events = await admin.query<{ name: string; count: number }>(
      `select name, count(*)::int as count from ${name}.event where name ~ '^[0-9]+ [0-9]+$' group by name`,
    );
    expect(new Map(events.rows.map(({ name: event, count }) => [event, count]))).toEqual(
      new Map(all.map((each) => [each, 1])),
    );
    const tasks = await admin.query(`select count(*)::int as count from ${name}.task_run`);
    expect(tasks.rows).toEqual([{ count: all.length * runsOfBatch }]);
    // The others were in the way of each other, and so of the writers.
    expect(deadlocks).toBeGreaterThan(0);
    const [undone] = (
      await admin.query("select deadlocks::int from pg_stat_database where datname = current_database()")
    ).rows;
    expect(undone.deadlocks).toBeGreaterThan(deadlocks / 2);
    await admin.end();
    for (const store of opened) await store.close();
  },
);

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
