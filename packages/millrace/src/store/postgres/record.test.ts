import pg from "pg";
import { describe, expect, test, vi } from "vitest";
import type { Store } from "../../contract/store.ts";
import {
  aFlowRun,
  aLogLine,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  record,
  startAt,
} from "../suite/samples.testsuite.ts";
import { makePostgresLedger, postgresUrl, type TestPostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";

async function withLedger(body: (ledger: TestPostgresLedger, store: Store) => Promise<void>): Promise<void> {
  const ledger = await makePostgresLedger();
  const store = await ledger.open();
  await body(ledger, store);
  await store.close();
  await ledger.remove();
}

/** Another user of the database, for the length of `body`. */
async function withClient(body: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await body(client);
  await client.end();
}

/** The connections of the ledger's stores, and those that wait for a lock. Other tests use the same server. */
const own = "select pid from pg_stat_activity where application_name like 'millrace%' and query like '%{schema}.%'";
const waiting = `${own} and wait_event_type = 'Lock'`;

describe.skipIf(whyNot !== "")(`recording in PostgreSQL${whyNot}`, () => {
  test("is one statement, and so one round trip and one commit, whatever is in the batch", () =>
    withLedger(async (_, store) => {
      const run = await create(store);
      const asked = vi.spyOn(pg.Client.prototype, "query");
      await record(store, { taskRuns: [aTaskRun(run.id)] });
      expect(asked).toHaveBeenCalledTimes(1);
      await record(store, {
        created: [aFlowRun()],
        transitions: [aTransition(run, aState("COMPLETED", startAt + 2))],
        taskRuns: Array.from({ length: 100 }, () => aTaskRun(run.id)),
        logs: [aLogLine(run.id, "hello")],
        events: [anEvent()],
      });
      expect(asked).toHaveBeenCalledTimes(2);
      asked.mockRestore();
    }));

  test("gathers what many record at once, each with its own outcome", () =>
    withLedger(async (_, store) => {
      const runs = await Promise.all(Array.from({ length: 20 }, () => create(store)));
      const known = aFlowRun();
      const asked = vi.spyOn(pg.Client.prototype, "query");
      const ends = runs.map((run) =>
        record(store, { transitions: [aTransition(run, aState("COMPLETED", startAt + 2))] }),
      );
      const [first, again, refused] = [
        record(store, { created: [known] }),
        record(store, { created: [known] }),
        record(store, { created: [{ ...aFlowRun(), tags: ["x"], id: "no id" }] }),
      ];
      const logged = record(store, { logs: [aLogLine(aFlowRun().id, "of a run that is not there")] });
      const transitions = (await Promise.all(ends)).flatMap((outcome) => outcome.transitions);
      expect(transitions.map((run) => run?.id)).toEqual(runs.map(({ id }) => id));
      expect((await first)?.created.map(({ isNew }) => isNew)).toEqual([true]);
      expect((await again)?.created.map(({ isNew }) => isNew)).toEqual([false]);
      await expect(refused).rejects.toThrow(/is-uuid/);
      expect((await logged).stale).toHaveLength(1);
      // The first alone, the others together; where these fail, each alone.
      expect(asked.mock.calls.length).toBeLessThanOrEqual(26);
      asked.mockRestore();
    }));

  test("waits for the disk but where a start may be lost", () =>
    withLedger(async (_, store) => {
      const [claimed, started] = [await create(store), await create(store)];
      const asked = vi.spyOn(pg.Client.prototype, "query");
      const running = aState("RUNNING", startAt + 2);
      await record(store, { transitions: [{ ...aTransition(claimed, running), claimFor: "a process" }] });
      await record(store, { transitions: [{ ...aTransition(started, running), mayBeLost: true }] });
      await record(store, { created: [{ ...aFlowRun(), mayBeLost: true }] });
      await record(store, { created: [aFlowRun(), { ...aFlowRun(), mayBeLost: true }] });
      const texts = asked.mock.calls.map(([query]) => (query as unknown as { readonly text: string }).text);
      expect(texts.map((text) => text.includes("'synchronous_commit', 'off', true"))).toEqual([
        false,
        true,
        true,
        false,
      ]);
      asked.mockRestore();
    }));

  test("asks once for the flow runs that many ask for at once", () =>
    withLedger(async (_, store) => {
      const runs = await Promise.all(Array.from({ length: 20 }, () => create(store)));
      const asked = vi.spyOn(pg.Client.prototype, "query");
      const found = await Promise.all(runs.map(({ id }) => store.readFlowRuns([id, aFlowRun().id])));
      expect(found.map(([run, another]) => [run?.id, another])).toEqual(runs.map(({ id }) => [id, undefined]));
      expect(asked).toHaveBeenCalledTimes(2);
      asked.mockRestore();
    }));

  test("shows events in the order of their numbers, none before an older one that is still being written", () =>
    withLedger(async ({ schema }, store) => {
      await withClient(async (slow) => {
        await slow.query("begin");
        const older = JSON.stringify([{ id: anEvent().id, kind: 0, name: "older", at: 1, resource: "{}" }]);
        await slow.query(`select ${schema}.record(null, null, null, null, null, null, null, $1)`, [older]);
        await record(store, { events: [anEvent({ name: "newer" })] });
        expect((await store.findEvents({}, {})).items).toEqual([]);
        await slow.query("commit");
      });
      expect((await store.findEvents({}, {})).items.map(({ name }) => name)).toEqual(["older", "newer"]);
    }));

  test("shows what came after a transaction that was given up", () =>
    withLedger(async ({ schema }, store) => {
      await withClient(async (slow) => {
        await slow.query("begin");
        const lost = JSON.stringify([{ id: anEvent().id, kind: 0, name: "lost", at: 1, resource: "{}" }]);
        await slow.query(`select ${schema}.record(null, null, null, null, null, null, null, $1)`, [lost]);
        await record(store, { events: [anEvent({ name: "kept" })] });
      });
      await expect.poll(async () => (await store.findEvents({}, {})).items.map(({ name }) => name)).toEqual(["kept"]);
    }));

  // Of two that wait for each other the database undoes the one that sees it first, a second after it began to wait: on a slow
  // machine that may be the test's own.
  test("is tried again when the database undid it to end a deadlock", { retry: 3 }, () =>
    withLedger(async (ledger, store) => {
      const { schema } = ledger;
      const runs = [await create(store), await create(store)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const [one, two] = runs as [(typeof runs)[number], (typeof runs)[number]];
      const touch = `update ${schema}.flow_run set version = 'touched' where id = $1`;
      await withClient(async (other) => {
        await other.query("begin");
        await other.query(touch, [two.id]);
        const recording = record(store, {
          transitions: runs.map((run) => aTransition(run, aState("CANCELLING", startAt + 2))),
        });
        await expect.poll(async () => (await ledger.query(waiting)).length).toBe(1);
        // Now each waits for the other. The one that has waited longer is undone: ours.
        await other.query(touch, [one.id]);
        await other.query("commit");
        const { transitions } = await recording;
        expect(transitions.map((run) => [run?.state.type, run?.version])).toEqual([
          ["CANCELLING", "touched"],
          ["CANCELLING", "touched"],
        ]);
      });
    }),
  );

  test("says when the connection is lost under way, and goes on with another", () =>
    withLedger(async (ledger, store) => {
      const run = await create(store);
      await withClient(async (other) => {
        await other.query("begin");
        await other.query(`select 1 from ${ledger.schema}.flow_run for update`);
        const failure = record(store, { taskRuns: [aTaskRun(run.id)] }).catch((error: unknown) => error);
        await expect.poll(async () => (await ledger.query(waiting)).length).toBe(1);
        await ledger.query(`select pg_terminate_backend(pid) from (${waiting}) w`);
        expect(await failure).toMatchObject({ code: "DATABASE_UNREACHABLE", retryable: true });
        await other.query("rollback");
      });
      expect(await store.readRecords(run.id)).toEqual([]);
      await record(store, { taskRuns: [aTaskRun(run.id)] });
      expect(await store.readRecords(run.id)).toHaveLength(1);
    }));

  test("goes on after idle connections were ended", () =>
    withLedger(async (ledger, store) => {
      const run = await create(store);
      const ended = await ledger.query(`select pg_terminate_backend(pid) from (${own}) o`);
      expect(ended.length).toBeGreaterThan(0);
      const again = (): Promise<unknown> =>
        record(store, { taskRuns: [aTaskRun(run.id)] }).then(
          ({ stale }) => stale,
          () => "lost",
        );
      await expect.poll(again).toEqual([]);
    }));
});
